import { describe, expect, it } from 'vitest';
import type { Message } from '@/lib/types';
import { join, mergeEvent, mergeMessage, mergeWaiting, rowKey, shown, type Stretch } from './timeline';

const msg = (id: string, more: Partial<Message> = {}) =>
  ({
    id,
    pos: Number(id),
    client_id: '',
    version: 1,
    status: 'sent',
    type: 'text',
    dismissed: false,
    ...more,
  }) as Message;
const row = (m: Message) => ({ kind: 'message' as const, message: m });
const stretch = (...messages: Message[]): Stretch => ({ rows: messages.map(row), before: 'b', after: null });
const ids = (s: Stretch) => s.rows.map((r) => (r.kind === 'message' ? r.message.id : r.event.id));

describe('timeline', () => {
  it('merges answer and frame of one send on client_id, in either order', () => {
    const pending = msg('9', { client_id: 'c', status: 'pending', version: 1 });
    const sent = msg('9', { client_id: 'c', status: 'sent', version: 2 });
    for (const order of [
      [pending, sent],
      [sent, pending],
    ]) {
      const out = order.reduce(mergeMessage, stretch(msg('1')));
      expect(ids(out)).toEqual(['1', '9']);
      expect(out.rows[1]).toEqual(row(sent));
    }
  });

  it('keeps the key of the bubble when the server answers', () => {
    expect(rowKey(row(msg('9', { client_id: 'c' })))).toBe('c');
    expect(rowKey(row(msg('9')))).toBe('9');
  });

  it('drops older versions and leaves rows in their place', () => {
    const held = stretch(msg('1', { version: 3, body: 'new' }), msg('2'));
    expect(mergeMessage(held, msg('1', { version: 2, body: 'old' }))).toBe(held);
    expect(ids(mergeMessage(held, msg('1', { version: 4 })))).toEqual(['1', '2']);
  });

  it('moves a message that left the waiting line to the end', () => {
    const held = stretch(msg('1', { status: 'queued_window' }), msg('2'));
    expect(ids(mergeMessage(held, msg('1', { status: 'pending', version: 2, pos: 3 })))).toEqual(['2', '1']);
    expect(ids(mergeMessage(held, msg('1', { status: 'canceled', version: 2 })))).toEqual(['1', '2']);
  });

  it('does not append while the end is not loaded', () => {
    const held = { ...stretch(msg('1')), after: 'a' };
    expect(mergeMessage(held, msg('7'))).toBe(held);
    expect(mergeEvent(held, { id: '8', pos: 8 } as never)).toBe(held);
  });

  it('leaves news of what is not loaded to its page', () => {
    const held = stretch(msg('51'), msg('60'));
    expect(mergeMessage(held, msg('7', { version: 4 }))).toBe(held);
    expect(mergeEvent(held, { id: '8', pos: 8 } as never)).toBe(held);
    expect(ids(mergeMessage({ ...held, before: null }, msg('7')))).toEqual(['7', '51', '60']);
  });

  it('puts what arrives late in its place', () => {
    const held = stretch(msg('51'), msg('60'));
    expect(ids(mergeMessage(held, msg('55')))).toEqual(['51', '55', '60']);
    expect(ids(mergeEvent(held, { id: '9', pos: 60 } as never))).toEqual(['51', '9', '60']);
  });

  it('joins overlapping pages without doubles and without losing a newer version', () => {
    const older = { ...stretch(msg('1'), msg('2', { version: 5 })), before: 'x' };
    const newer = { ...stretch(msg('2'), msg('3')), before: 'y', after: 'z' };
    const out = join(older, newer);
    expect(ids(out)).toEqual(['1', '2', '3']);
    expect(out.rows[1]).toMatchObject({ message: { version: 5 } });
    expect([out.before, out.after]).toEqual(['x', 'z']);
  });

  it('hides what waits, was cancelled or was dismissed', () => {
    expect(shown(row(msg('1', { status: 'queued_window' })))).toBe(false);
    expect(shown(row(msg('1', { status: 'canceled' })))).toBe(false);
    expect(shown(row(msg('1', { dismissed: true })))).toBe(false);
    expect(shown(row(msg('1', { status: 'expired' })))).toBe(true);
    expect(shown({ kind: 'event', event: { type: 'ticket.accessed' } as never })).toBe(false);
  });

  it('keeps the waiting line in step', () => {
    const a = msg('1', { status: 'queued_window' });
    const b = msg('2', { status: 'queued_window' });
    expect(mergeWaiting([a], b)).toEqual([a, b]);
    const edited = { ...a, version: 2, body: 'x' };
    expect(mergeWaiting([a, b], edited)).toEqual([edited, b]);
    expect(mergeWaiting([edited, b], a)).toEqual([edited, b]);
    expect(mergeWaiting([a, b], { ...a, version: 2, status: 'sent' })).toEqual([b]);
  });
});
