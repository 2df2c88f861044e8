import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import type { Ticket, TicketStatus } from '@/lib/types';

/** The loaded head of one of the three lists, in the server's order. */
export interface TicketList {
  items: Ticket[];
  next: string | null;
}

export const PAGE = 30;
export const statuses: TicketStatus[] = ['open', 'pending', 'closed'];
export const listKey = (status: TicketStatus) => ['tickets', status] as const;

const stamp = (at: string | null | undefined) => (at ? Date.parse(at) : 0);
/** Ids grow with time and are numbers too long for a number. */
const compareIds = (a: string, b: string) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** The order of each list; negative when a stands before b. */
export function order(status: TicketStatus, a: Ticket, b: Ticket): number {
  if (status === 'pending') return stamp(a.queued_at) - stamp(b.queued_at) || compareIds(a.id, b.id);
  const at = (t: Ticket) =>
    status === 'open' ? stamp(t.last_message_at ?? t.created_at) : stamp(t.closed_at ?? t.created_at);
  return at(b) - at(a) || compareIds(b.id, a.id);
}

/** Takes a ticket into the list of its status and out of the others. */
export function place(list: TicketList, status: TicketStatus, ticket: Ticket): TicketList {
  const held = list.items.find((t) => t.id === ticket.id);
  if (held && held.version > ticket.version) return list;
  const others = held ? list.items.filter((t) => t.id !== ticket.id) : list.items;
  if (ticket.status !== status) return held ? { ...list, items: others } : list;
  let at = others.findIndex((t) => order(status, ticket, t) < 0);
  if (at < 0) {
    // Behind everything loaded: it comes with its page, unless all is loaded.
    if (list.next !== null && !held) return list;
    at = others.length;
  }
  return { ...list, items: [...others.slice(0, at), ticket, ...others.slice(at)] };
}

export function without(list: TicketList, id: string, version: number): TicketList {
  const held = list.items.find((t) => t.id === id);
  if (!held || held.version > version) return list;
  return { ...list, items: list.items.filter((t) => t.id !== id) };
}

/** Appends a page without doubling what moved meanwhile. */
export function append(list: TicketList, items: Ticket[], next: string | null): TicketList {
  const seen = new Set(list.items.map((t) => t.id));
  return { items: [...list.items, ...items.filter((t) => !seen.has(t.id))], next };
}

export const fetchPage = (status: TicketStatus, cursor?: string, limit = PAGE, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/tickets', { params: { query: { status, cursor, limit } }, signal }));

const MOST = 200;

/** Reads the head again, as far as it was loaded but no more than one long page. */
export async function fetchHead(status: TicketStatus, signal?: AbortSignal): Promise<TicketList> {
  const held = queryClient.getQueryData<TicketList>(listKey(status));
  const limit = Math.min(MOST, Math.max(PAGE, held?.items.length ?? 0));
  const page = await fetchPage(status, undefined, limit, signal);
  return { items: page.items, next: page.next ?? null };
}

/** A ticket; what a list knows of it shows at once. */
export const ticketQuery = (id: string) => {
  const held = () => {
    for (const status of statuses) {
      const list = queryClient.getQueryState<TicketList>(listKey(status));
      const ticket = list?.data?.items.find((one) => one.id === id);
      if (ticket) return { ticket, at: list?.dataUpdatedAt };
    }
    return undefined;
  };
  return queryOptions({
    ...q.ticket(id),
    initialData: () => held()?.ticket,
    initialDataUpdatedAt: () => held()?.at,
  });
};

export function takeTicket(ticket: Ticket): void {
  for (const status of statuses)
    queryClient.setQueryData<TicketList>(listKey(status), (list) => list && place(list, status, ticket));
  queryClient.setQueryData<Ticket>(['ticket', ticket.id], (held) =>
    held && held.version > ticket.version ? held : ticket,
  );
}

export function dropTicket(id: string, version: number): void {
  for (const status of statuses)
    queryClient.setQueryData<TicketList>(listKey(status), (list) => list && without(list, id, version));
  void queryClient.invalidateQueries({ queryKey: ['ticket', id] });
}
