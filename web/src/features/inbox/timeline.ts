import type { LogEntry, Message, Timeline } from '@/lib/types';

export type Row = { kind: 'message'; message: Message } | { kind: 'event'; event: LogEntry };

/** A loaded stretch of a ticket's timeline, oldest first. */
export interface Stretch {
  rows: Row[];
  before: string | null;
  after: string | null;
}

/** A row keeps its key from the optimistic bubble to the message of the server. */
export const messageKey = (m: Pick<Message, 'id' | 'client_id'>) => m.client_id || m.id;
export const rowKey = (row: Row) => (row.kind === 'message' ? messageKey(row.message) : `e${row.event.id}`);

export function fromServer(page: Timeline): Stretch {
  const rows: Row[] = [];
  for (const item of page.items) {
    if (item.message) rows.push({ kind: 'message', message: item.message });
    else if (item.event) rows.push({ kind: 'event', event: item.event });
  }
  return { rows, before: page.before ?? null, after: page.after ?? null };
}

const same = (a: Message, b: Message) => a.id === b.id || (a.client_id !== '' && a.client_id === b.client_id);

/** Joins a page to what is there; rows of both stand once, the newer version wins. */
export function join(older: Stretch, newer: Stretch): Stretch {
  const seen = new Map(newer.rows.map((row) => [rowKey(row), row]));
  const kept = older.rows.filter((row) => {
    const twin = seen.get(rowKey(row));
    if (!twin) return true;
    if (row.kind === 'message' && twin.kind === 'message' && row.message.version > twin.message.version)
      twin.message = row.message;
    return false;
  });
  return { rows: [...kept, ...newer.rows], before: older.before, after: newer.after };
}

/** Where a row stands, as the server orders a timeline. Ids are too long for a number. */
function compare(a: Row, b: Row): number {
  const [x, y] = [a, b].map((row) => (row.kind === 'message' ? row.message : row.event)) as [
    Message | LogEntry,
    Message | LogEntry,
  ];
  return x.pos - y.pos || x.id.length - y.id.length || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0);
}

/** Puts a new row in its place; one outside what is loaded comes with its page. */
function put(stretch: Stretch, row: Row): Stretch {
  const { rows, before, after } = stretch;
  const [first, last] = [rows[0], rows.at(-1)];
  if (before !== null && first && compare(row, first) < 0) return stretch;
  if (after !== null && (!last || compare(row, last) > 0)) return stretch;
  let at = rows.length;
  for (let held; at > 0 && (held = rows[at - 1]) && compare(held, row) > 0;) at--;
  return { ...stretch, rows: [...rows.slice(0, at), row, ...rows.slice(at)] };
}

/**
 * Takes a message of an answer or a frame in; older versions are dropped. One
 * that leaves the waiting line moves to the end, where the server puts it too.
 */
export function mergeMessage(stretch: Stretch, message: Message): Stretch {
  const at = stretch.rows.findIndex((row) => row.kind === 'message' && same(row.message, message));
  const row: Row = { kind: 'message', message };
  const held = stretch.rows[at];
  if (held?.kind !== 'message') return put(stretch, row);
  if (held.message.version > message.version) return stretch;
  if (held.message.pos === message.pos)
    return { ...stretch, rows: stretch.rows.map((r, i) => (i === at ? row : r)) };
  return put({ ...stretch, rows: stretch.rows.filter((_, i) => i !== at) }, row);
}

export function mergeEvent(stretch: Stretch, event: LogEntry): Stretch {
  if (stretch.rows.some((r) => r.kind === 'event' && r.event.id === event.id)) return stretch;
  return put(stretch, { kind: 'event', event });
}

const HIDDEN = new Set<Message['status']>(['queued_window', 'canceled', 'scheduled']);
const LINES = new Set([
  'ticket.created',
  'ticket.accepted',
  'ticket.returned',
  'ticket.transferred',
  'ticket.closed',
  'ticket.reopened',
  'window.closed',
]);

/** What the timeline draws: messages in line, cancelled and dismissed ones have their own place. */
export function shown(row: Row): boolean {
  if (row.kind === 'event') return LINES.has(row.event.type);
  const m = row.message;
  return !HIDDEN.has(m.status) && !m.dismissed && m.type !== 'reaction';
}

/** The waiting line after a message changed. */
export function mergeWaiting(line: Message[], message: Message): Message[] {
  const at = line.findIndex((m) => same(m, message));
  if (message.status !== 'queued_window') return at < 0 ? line : line.filter((_, i) => i !== at);
  if (at < 0) return [...line, message];
  const held = line[at];
  return held && held.version > message.version ? line : line.map((m, i) => (i === at ? message : m));
}
