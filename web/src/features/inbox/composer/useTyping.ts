import { useRef } from 'react';
import { api, ok } from '@/api/client';
import type { Ticket } from '@/lib/types';

const EVERY = 20_000;

/** Tells the contact that an answer is being written; at most every 20 s. */
export function useTyping(ticket: Ticket, receipts: boolean) {
  const last = useRef(0);
  return {
    touch() {
      if (!receipts || !ticket.can.includes('typing') || Date.now() - last.current < EVERY) return;
      last.current = Date.now();
      void ok(api.POST('/api/v1/tickets/{id}/typing', { params: { path: { id: ticket.id } } })).catch(
        () => undefined,
      );
    },
    stop() {
      last.current = 0;
    },
  };
}
