import { describe, expect, it } from 'vitest';
import type { SimMessage } from '@/lib/types';
import { eventsOf, shortId, thread } from './thread';

const message = (
  id: string,
  direction: 'in' | 'out',
  view: Partial<SimMessage['view']>,
  at = '2026-11-21T10:00:00Z',
): SimMessage => ({
  id,
  direction,
  provider_id: `wamid.${id}`,
  status: direction === 'in' ? 'received' : 'sent',
  view: { type: 'text', ...view },
  at,
  delivered_at: null,
  read_at: null,
});
const dayOf = (at: string) => at.slice(0, 10);

describe('the phone', () => {
  it('puts reactions on their message and marks what was deleted', () => {
    const list = [
      message('1', 'out', { body: 'Oi' }),
      message('2', 'in', { body: 'Olá' }),
      message('3', 'in', { type: 'reaction', reaction: { provider_id: 'wamid.1', emoji: '❤️' } }),
      message('4', 'in', { type: 'revoke', revoked: 'wamid.2' }),
    ];
    const drawn = thread(list, dayOf);
    expect(drawn.map((e) => [e.message.id, e.reactions, e.deleted])).toEqual([
      ['1', ['❤️'], false],
      ['2', [], true],
    ]);
  });

  it('takes a reaction back', () => {
    const to = (id: string, emoji: string) =>
      message(id, 'in', { type: 'reaction', reaction: { provider_id: 'wamid.1', emoji } });
    expect(thread([message('1', 'out', {}), to('2', '👍'), to('3', '')], dayOf)[0]?.reactions).toEqual([]);
  });

  it('groups runs and days', () => {
    const drawn = thread(
      [message('1', 'in', {}), message('2', 'in', {}), message('3', 'in', {}, '2026-11-22T01:00:00Z')],
      dayOf,
    );
    expect(drawn.map((e) => [e.first, e.day])).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
  });

  it('lists what happened, newest first', () => {
    const read = {
      ...message('1', 'out', {}),
      delivered_at: '2026-11-21T10:00:01Z',
      read_at: '2026-11-21T10:00:02Z',
    };
    expect(eventsOf([read]).map((e) => e.what)).toEqual(['read', 'delivered', 'out']);
    expect(shortId('wamid.HBgMNTU0MTkABC=')).toBe('wamid…kABC');
  });
});
