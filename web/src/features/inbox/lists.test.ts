import { describe, expect, it } from 'vitest';
import type { Ticket } from '@/lib/types';
import { append, order, place, without, type TicketList } from './lists';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 12, minute)).toISOString();
const ticket = (id: string, more: Partial<Ticket> = {}) =>
  ({
    id,
    version: 1,
    status: 'open',
    last_message_at: at(0),
    queued_at: at(0),
    closed_at: null,
    ...more,
  }) as Ticket;
const list = (items: Ticket[], next: string | null = null): TicketList => ({ items, next });
const ids = (l: TicketList) => l.items.map((t) => t.id);

describe('lists', () => {
  it('orders open by last message, pending by entering the queue, closed by closing', () => {
    const a = ticket('1', { last_message_at: at(1), queued_at: at(9), closed_at: at(3) });
    const b = ticket('2', { last_message_at: at(2), queued_at: at(8), closed_at: at(2) });
    expect(order('open', a, b)).toBeGreaterThan(0);
    expect(order('pending', a, b)).toBeGreaterThan(0);
    expect(order('closed', a, b)).toBeLessThan(0);
  });

  it('breaks ties by id, whatever its length', () => {
    expect(order('open', ticket('99'), ticket('100'))).toBeGreaterThan(0);
    expect(order('pending', ticket('99'), ticket('100'))).toBeLessThan(0);
  });

  it('moves a ticket up when it gets a message', () => {
    const l = list([ticket('1', { last_message_at: at(5) }), ticket('2', { last_message_at: at(1) })]);
    expect(ids(place(l, 'open', ticket('2', { last_message_at: at(9), version: 2 })))).toEqual(['2', '1']);
  });

  it('takes a ticket out of the list it left and ignores older versions', () => {
    const l = list([ticket('1', { version: 4 })]);
    expect(place(l, 'open', ticket('1', { version: 3, status: 'closed' }))).toBe(l);
    expect(ids(place(l, 'open', ticket('1', { version: 5, status: 'closed' })))).toEqual([]);
  });

  it('adds behind the loaded head only when everything is loaded', () => {
    const held = [ticket('1', { last_message_at: at(5) })];
    const late = ticket('2', { last_message_at: at(1) });
    expect(ids(place(list(held, 'c'), 'open', late))).toEqual(['1']);
    expect(ids(place(list(held, null), 'open', late))).toEqual(['1', '2']);
  });

  it('appends pages without doubles and removes by version', () => {
    const l = append(list([ticket('1')], 'c'), [ticket('1'), ticket('2')], null);
    expect(ids(l)).toEqual(['1', '2']);
    expect(ids(without(l, '1', 1))).toEqual(['2']);
    expect(without(list([ticket('1', { version: 9 })]), '1', 3).items).toHaveLength(1);
  });
});
