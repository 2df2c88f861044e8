import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { api, ApiError, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { askQueue } from './queueQuestion';
import { router } from '@/app/router';
import { t } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import type { Handed, Ticket } from '@/lib/types';
import { readBeside } from '@/stream/replay';
import { dropTicket, takeTicket } from './lists';

const path = (ticket: Pick<Ticket, 'id'>) => ({ params: { path: { id: ticket.id } } });

/** Puts the server's word about a ticket beside what the stream tells of it meanwhile. */
const hear = <T>(id: string, asked: Promise<T>, put: (answer: T) => void) =>
  readBeside(queryClient, q.ticket(id).queryKey, () => asked, put);

/** The server's word about a ticket; a lost race is told and shown. */
async function take(id: string, asked: Promise<Ticket>): Promise<Ticket | null> {
  try {
    await hear(id, asked, takeTicket);
    return await asked;
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
    ticket.id,
    ok(api.POST('/api/v1/tickets/{id}/accept', { ...path(ticket), body: queue ? { queue_id: queue } : {} })),
  );
  if (taken) open(taken.id);
}

/** Takes a ticket that was given away, or lets go of one that she no longer sees. */
async function hand(ticket: Ticket, asked: Promise<Handed>, told: string): Promise<boolean> {
  try {
    await hear(ticket.id, asked, (done) => {
      if (done.ticket) takeTicket(done.ticket);
      else {
        dropTicket(ticket.id, Number.MAX_SAFE_INTEGER);
        void router.navigate({ to: '/atendimentos', search: {} });
      }
    });
    toast(told);
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

export const returnTicket = (ticket: Ticket): Promise<boolean> =>
  hand(
    ticket,
    ok(api.POST('/api/v1/tickets/{id}/return', path(ticket))),
    t('ticket.returned', { n: ticket.number }),
  );

export async function reopenTicket(ticket: Ticket): Promise<void> {
  const done = await take(ticket.id, ok(api.POST('/api/v1/tickets/{id}/reopen', path(ticket))));
  if (done) open(done.id);
}

/** Resolver acts at once; eight seconds to take it back where reopening is allowed. */
export async function closeTicket(ticket: Ticket, undoable: boolean): Promise<void> {
  const done = await take(ticket.id, ok(api.POST('/api/v1/tickets/{id}/close', path(ticket))));
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

export function transferTicket(ticket: Ticket, queue: string, user: string | null): Promise<boolean> {
  const body = { queue_id: queue, ...(user ? { user_id: user } : {}) };
  const asked = ok(api.POST('/api/v1/tickets/{id}/transfer', { ...path(ticket), body }));
  return hand(ticket, asked, t('ticket.transferred', { n: ticket.number }));
}

export async function patchTicket(
  ticket: Ticket,
  patch: { tags?: string[]; type_id?: string },
): Promise<void> {
  takeTicket({ ...ticket, ...patch });
  if (!(await take(ticket.id, ok(api.PATCH('/api/v1/tickets/{id}', { ...path(ticket), body: patch })))))
    void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] });
}
