import { dayKey } from '@/lib/format';
import type { Entry } from '@/lib/outbox';
import type { LogEntry, Me, Message } from '@/lib/types';
import { messageKey, rowKey, shown, type Row, type Stretch } from '../timeline';

/** One line of the timeline with what stands above it. */
export interface Item {
  key: string;
  at: string;
  day: boolean;
  marker: boolean;
  message?: Message;
  event?: LogEntry;
  /** Not yet answered by the server. */
  local?: Entry;
  /** First of a run of the same author: corner and name. */
  first: boolean;
}

/** The bubble of a message that is still on its way to the server. */
export function localMessage(entry: Entry, me: Me): Message {
  const at = new Date(entry.created).toISOString();
  const kind = entry.body.type ?? 'text';
  const media = entry.file
    ? [
        {
          id: '',
          state: 'pending' as const,
          kind,
          mime: entry.file.blob.type,
          name: entry.file.name,
          size: entry.file.blob.size,
        },
      ]
    : [];
  return {
    id: entry.id,
    client_id: entry.id,
    ticket_id: entry.ticket,
    direction: 'out',
    author: 'user',
    user_id: me.id,
    type: kind,
    body: entry.body.body ?? '',
    status: 'pending',
    status_times: {},
    at,
    media,
    reactions: [],
    can: [],
    version: 0,
    dismissed: false,
    interactive: entry.body.interactive,
    location: entry.body.location,
    contacts: entry.body.contacts,
    ...(entry.quoted
      ? { reply_to: { id: entry.body.reply_to ?? null, excerpt: entry.quoted.excerpt, user_id: null } }
      : {}),
  } as unknown as Message;
}

const speaker = (m: Message) => `${m.direction}/${m.author}/${m.user_id ?? ''}`;
const RUN = 5 * 60_000;

export function toItems(rows: Row[], entries: readonly Entry[], me: Me, marker: string | null): Item[] {
  const known = new Set(rows.map(rowKey));
  const items: Item[] = [];
  let day = '';
  let before: Message | undefined;
  const push = (at: string, more: Pick<Item, 'key'> & Partial<Item>) => {
    const today = dayKey(at);
    const isNew = today !== day;
    day = today;
    const marked = marker !== null && more.message?.id === marker;
    const run =
      before && more.message && !isNew && !marked
        ? speaker(before) === speaker(more.message) && Date.parse(at) - Date.parse(before.at ?? '') < RUN
        : false;
    items.push({ at, day: isNew, marker: marked, first: !run, ...more });
    before = more.message;
  };
  for (const row of rows) {
    if (!shown(row)) continue;
    if (row.kind === 'event') push(row.event.at ?? '', { key: rowKey(row), event: row.event });
    else push(row.message.at ?? '', { key: messageKey(row.message), message: row.message });
  }
  for (const entry of entries) {
    if (known.has(entry.id) || entry.body.queue) continue;
    const message = localMessage(entry, me);
    push(message.at ?? '', { key: entry.id, message, local: entry });
  }
  return items;
}

/**
 * The lines of a loaded stretch. What belongs above its oldest line (a day, the
 * name of a run) is known only when the page before it is here; until then that
 * line waits, or it would change its height under the reader's eyes.
 */
export function linesOf(stretch: Stretch, entries: readonly Entry[], me: Me, marker: string | null): Item[] {
  const items = toItems(stretch.rows, stretch.after === null ? entries : [], me, marker);
  return stretch.before === null ? items : items.slice(1);
}

/** A first guess of the height, so that little moves when rows are measured. */
export function estimate(item: Item | undefined): number {
  if (!item) return 60;
  let height = (item.day ? 36 : 0) + (item.marker ? 36 : 0);
  if (item.event) return height + 36;
  const m = item.message;
  if (!m) return height + 40;
  height += item.first ? 12 + (m.direction === 'out' ? 19 : 0) : 3;
  const lines = Math.max(1, Math.ceil(m.body.length / 52) + (m.body.match(/\n/g)?.length ?? 0));
  const text = m.body ? lines * 22 + 14 : 0;
  const media = m.media[0];
  if (m.type === 'image' || m.type === 'video')
    return height + frame(media?.width, media?.height)[1] + 8 + (text || 0);
  if (m.type === 'sticker') return height + 140;
  if (m.type === 'audio' || m.type === 'voice') return height + 62;
  if (m.type === 'document') return height + 62 + text;
  if (m.template)
    return height + 60 + Math.ceil(m.template.text.length / 38) * 22 + (m.template.buttons?.length ?? 0) * 36;
  return height + Math.max(36, text) + (m.reply_to ? 50 : 0) + (m.reactions.length ? 18 : 0);
}

const W = 300;
/** Size of a picture in the timeline, known before its bytes are here. */
export function frame(width?: number, height?: number): [number, number] {
  if (!width || !height) return [W, 168];
  const ratio = Math.min(1.4, Math.max(0.42, height / width));
  return [W, Math.round(W * ratio)];
}
