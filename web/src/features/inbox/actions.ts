import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { api, ApiError, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { askQueue } from './queueQuestion';
import { router } from '@/app/router';
import { t } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import type { Ticket } from '@/lib/types';
import { dropTicket, takeTicket } from './lists';

const path = (ticket: Pick<Ticket, 'id'>) => ({ params: { path: { id: ticket.id } } });

/** The server's word about a ticket; a lost race is told and shown. */
async function take(asked: Promise<Ticket>): Promise<Ticket | null> {
  try {
    const ticket = await asked;
    takeTicket(ticket);
    return ticket;
  } catch (error) {
    toastError(error);
    if (error instanceof ApiError && error.status === 409)
      void queryClient.invalidateQueries({ queryKey: ['tickets'] });
    return null;
  }
}

const open = (id: string) =>
  void router.navigate({ to: '/atendimentos/$ticketId', params: { ticketId: id }, search: {} });

export async function acceptTicket(ticket: Ticket): Promise<void> {
  let queue: string | undefined;
  if (!ticket.queue_id) {
    const chosen = await askQueue();
    if (!chosen) return;
    queue = chosen;
  }
  const taken = await take(
    ok(api.POST('/api/v1/tickets/{id}/accept', { ...path(ticket), body: queue ? { queue_id: queue } : {} })),
  );
  if (taken) open(taken.id);
}

export async function returnTicket(ticket: Ticket): Promise<void> {
  const done = await take(ok(api.POST('/api/v1/tickets/{id}/return', path(ticket))));
  if (done) toast(t('ticket.returned', { n: done.number }));
}

export async function reopenTicket(ticket: Ticket): Promise<void> {
  const done = await take(ok(api.POST('/api/v1/tickets/{id}/reopen', path(ticket))));
  if (done) open(done.id);
}

/** Resolver acts at once; eight seconds to take it back where reopening is allowed. */
export async function closeTicket(ticket: Ticket, undoable: boolean): Promise<void> {
  const done = await take(ok(api.POST('/api/v1/tickets/{id}/close', path(ticket))));
  if (!done) return;
  const text = t('ticket.closed', { n: done.number });
  if (!undoable || !done.can.includes('reopen')) {
    toast(text);
    return;
  }
  const id = `closed-${done.id}`;
  const undo = () => {
    notifications.hide(id);
    void reopenTicket(done);
  };
  notifications.show({
    id,
    autoClose: 8000,
    color: 'teal',
    message: createElement(
      'span',
      { className: 'row g12' },
      text,
      createElement('button', { type: 'button', className: 'link', onClick: undo }, t('action.undo')),
    ),
  });
}

export async function transferTicket(ticket: Ticket, queue: string, user: string | null): Promise<boolean> {
  try {
    const body = { queue_id: queue, ...(user ? { user_id: user } : {}) };
    const done = await ok(api.POST('/api/v1/tickets/{id}/transfer', { ...path(ticket), body }));
    if (done.ticket) takeTicket(done.ticket);
    else {
      dropTicket(ticket.id, Number.MAX_SAFE_INTEGER);
      void router.navigate({ to: '/atendimentos', search: {} });
    }
    toast(t('ticket.transferred', { n: ticket.number }));
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

export async function patchTicket(
  ticket: Ticket,
  patch: { tags?: string[]; type_id?: string },
): Promise<void> {
  takeTicket({ ...ticket, ...patch });
  if (!(await take(ok(api.PATCH('/api/v1/tickets/{id}', { ...path(ticket), body: patch })))))
    void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] });
}
