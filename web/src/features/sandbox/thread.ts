import type { SimMessage } from '@/lib/types';

export interface Entry {
  message: SimMessage;
  /** Last reaction of each side. */
  reactions: string[];
  deleted: boolean;
  /** First of a run of one side. */
  first: boolean;
  /** Shows a day above it. */
  day: boolean;
}

const folded = (m: SimMessage) => m.view.type === 'reaction' || m.view.revoked !== undefined;

/** What the phone draws: reactions on their message, deleted ones marked, runs and days. */
export function thread(messages: SimMessage[], dayOf: (at: string) => string): Entry[] {
  const reactions = new Map<string, Map<string, string>>();
  const gone = new Set<string>();
  for (const m of messages) {
    if (m.view.revoked) gone.add(m.view.revoked);
    const reaction = m.view.reaction;
    if (!reaction) continue;
    const held = reactions.get(reaction.provider_id) ?? new Map<string, string>();
    if (reaction.emoji) held.set(m.direction, reaction.emoji);
    else held.delete(m.direction);
    reactions.set(reaction.provider_id, held);
  }
  let before: SimMessage | undefined;
  return messages
    .filter((m) => !folded(m))
    .map((message) => {
      const day = dayOf(message.at ?? '') !== (before ? dayOf(before.at ?? '') : '');
      const first = day || before?.direction !== message.direction;
      before = message;
      return {
        message,
        reactions: [...(reactions.get(message.provider_id)?.values() ?? [])],
        deleted: gone.has(message.provider_id),
        first,
        day,
      };
    });
}

/** Lines of the list of events, newest first. */
export interface SimEvent {
  key: string;
  at: string;
  what: 'in' | 'out' | 'delivered' | 'read' | 'failed';
  type: string;
  id: string;
}

export function eventsOf(messages: SimMessage[]): SimEvent[] {
  const events: SimEvent[] = [];
  for (const m of messages) {
    const put = (what: SimEvent['what'], at: string | null | undefined) => {
      if (at) events.push({ key: `${m.id}-${what}`, at, what, type: m.view.type, id: m.provider_id });
    };
    put(m.direction === 'in' ? 'in' : 'out', m.at);
    put('delivered', m.delivered_at);
    put('read', m.read_at);
    if (m.status === 'failed') put('failed', m.at);
  }
  return events.sort((a, b) => b.at.localeCompare(a.at));
}

/** The end of a provider's id, enough to tell two apart. */
export const shortId = (id: string) => `${id.slice(0, 5)}…${id.replace(/=+$/, '').slice(-4)}`;
