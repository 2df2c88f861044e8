import { useEffect, useState } from 'react';
import type { Ticket } from '@/lib/types';

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
    const looking = atEnd && document.visibilityState === 'visible';
    setMark((held) => {
      if (held.first === first) return count > held.count ? { first, count } : held;
      return looking ? held : { first, count };
    });
  }, [first, count, atEnd]);
  return mark;
}
