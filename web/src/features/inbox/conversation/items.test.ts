import { describe, expect, it } from 'vitest';
import { setTimeZone } from '@/lib/format';
import type { Me, Message } from '@/lib/types';
import { frame, linesOf, toItems } from './items';

setTimeZone('America/Sao_Paulo');
const me = { id: 'u1' } as Me;
const msg = (id: string, at: string, more: Partial<Message> = {}) => ({
  kind: 'message' as const,
  message: {
    id,
    client_id: '',
    at,
    direction: 'in',
    author: 'contact',
    user_id: null,
    status: 'received',
    type: 'text',
    body: 'x',
    media: [],
    reactions: [],
    dismissed: false,
    version: 1,
    ...more,
  } as Message,
});

describe('timeline items', () => {
  it('breaks days in the account’s zone and starts runs anew', () => {
    const rows = [
      msg('1', '2026-11-21T02:58:00Z'),
      msg('2', '2026-11-21T02:59:00Z'),
      msg('3', '2026-11-21T03:01:00Z'),
      msg('4', '2026-11-21T03:30:00Z'),
    ];
    const items = toItems(rows, [], me, null);
    expect(items.map((i) => i.day)).toEqual([true, false, true, false]);
    expect(items.map((i) => i.first)).toEqual([true, false, true, true]);
  });

  it('puts what is being sent at the end until the server has it', () => {
    const entry = {
      id: 'c1',
      ticket: 't',
      created: Date.parse('2026-11-21T12:00:00Z'),
      body: { type: 'text' as const, body: 'Oi' },
    };
    expect(toItems([msg('1', '2026-11-21T11:00:00Z')], [entry], me, null).map((i) => i.key)).toEqual([
      '1',
      'c1',
    ]);
    const answered = msg('9', '2026-11-21T12:00:01Z', { client_id: 'c1', direction: 'out' });
    expect(toItems([answered], [entry], me, null).map((i) => i.key)).toEqual(['c1']);
    expect(toItems([], [{ ...entry, body: { ...entry.body, queue: true } }], me, null)).toEqual([]);
  });

  it('marks the first unread message', () => {
    const items = toItems([msg('1', '2026-11-21T11:00:00Z'), msg('2', '2026-11-21T11:00:05Z')], [], me, '2');
    expect(items.map((i) => [i.marker, i.first])).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  it('reserves the size of a picture', () => {
    expect(frame(1600, 900)).toEqual([300, 169]);
    expect(frame(900, 1600)).toEqual([300, 420]);
    expect(frame()).toEqual([300, 168]);
  });

  it('keeps every line as it is when an older page comes in above', () => {
    const older = [msg('1', '2026-11-21T02:50:00Z'), msg('2', '2026-11-21T02:58:00Z')];
    const rows = ['2026-11-21T02:59:00Z', '2026-11-21T03:01:00Z', '2026-11-21T03:02:00Z'].map((at, i) =>
      msg(String(i + 3), at),
    );
    const lines = linesOf({ rows, before: 'cursor', after: null }, [], me, null);
    expect(lines.map((line) => line.key)).toEqual(['4', '5']);
    const whole = linesOf({ rows: [...older, ...rows], before: null, after: null }, [], me, null);
    expect(whole.map((line) => line.key)).toEqual(['1', '2', '3', '4', '5']);
    expect(whole.slice(3)).toEqual(lines);
  });
});
