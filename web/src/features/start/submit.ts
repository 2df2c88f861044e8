import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { api, ApiError, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { router } from '@/app/router';
import { listKey, takeTicket } from '@/features/inbox/lists';
import { t } from '@/i18n';
import { toast } from '@/lib/errors';
import type { StartBody, Ticket } from '@/lib/types';
import { readBeside } from '@/stream/replay';
import { closeStart } from './open';
import type { Wizard } from './useWizard';

/** Starts a conversation and shows it. */
export const begin = (key: string, body: StartBody): Promise<void> =>
  readBeside(
    queryClient,
    listKey('open'),
    () => ok(api.POST('/api/v1/tickets', { params: { header: { 'Idempotency-Key': key } }, body })),
    show,
  );

function show(ticket: Ticket): void {
  takeTicket(ticket);
  closeStart();
  const search = ticket.status === 'open' ? {} : { tab: ticket.status };
  void router.navigate({ to: '/atendimentos/$ticketId', params: { ticketId: ticket.id }, search });
}

/** Somebody already talks with this contact there: offer that ticket. */
export function offerLive(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'live_ticket') return;
  const id = error.params.ticket_id;
  if (typeof id !== 'string') return;
  const open = () => {
    notifications.hide(`live-${id}`);
    closeStart();
    void router.navigate({ to: '/atendimentos/$ticketId', params: { ticketId: id }, search: {} });
  };
  notifications.show({
    id: `live-${id}`,
    autoClose: 12_000,
    message: createElement(
      'span',
      { className: 'row g12' },
      t('start.live'),
      createElement('button', { type: 'button', className: 'link', onClick: open }, t('start.openLive')),
    ),
  });
}

export async function submitWizard(w: Wizard, key: string): Promise<unknown> {
  if (!w.who || !w.connection) return null;
  const contact = 'contact' in w.who ? { contact_id: w.who.contact.id } : { contact: { phone: w.who.phone } };
  const template = w.needsTemplate && w.template ? { id: w.template.id, values: w.params.values } : undefined;
  try {
    if (w.kind === 'template') {
      if (!template) return null;
      await ok(
        api.POST('/api/v1/messages', {
          params: { header: { 'Idempotency-Key': key } },
          body: { ...contact, connection_id: w.connection.id, template },
        }),
      );
      toast(t('start.sent'));
      closeStart();
      return null;
    }
    await begin(key, {
      mode: 'steps',
      ...contact,
      connection_id: w.connection.id,
      ...(w.queue ? { queue_id: w.queue.id } : {}),
      ...(template ? { template } : {}),
    });
    void queryClient.invalidateQueries({ queryKey: ['contacts'] });
    return null;
  } catch (error) {
    offerLive(error);
    return error;
  }
}
