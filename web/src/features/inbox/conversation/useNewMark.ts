import { useEffect, useState } from 'react';
import type { Ticket } from '@/lib/types';

const SETTLED = 250; // ms

/** Where the new messages begin, and how many they are. */
export interface NewMark {
  first: string | null;
  count: number;
}

export const markOf = (ticket: Ticket): NewMark => ({
  first: ticket.first_unread_id ?? null,
  count: ticket.unread,
});

/**
 * The mark as it stood when the conversation was opened, and anew when messages
 * arrive while nobody looks at its end.
 */
export function useNewMark(ticket: Ticket, atEnd: boolean): NewMark {
  const [mark, setMark] = useState(() => markOf(ticket));
  const { first, count } = markOf(ticket);
  useEffect(() => {
    if (!first || count === 0) return;
    const known = mark.first === first;
    if (known ? count <= mark.count : atEnd && document.visibilityState === 'visible') return;
    // What arrives at the end is below it for a moment, until it is followed.
    const timer = setTimeout(() => setMark({ first, count }), known ? 0 : SETTLED);
    return () => clearTimeout(timer);
  }, [first, count, atEnd, mark]);
  return mark;
}
