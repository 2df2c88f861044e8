import { QueryClient, queryOptions } from '@tanstack/react-query';
import { api, ApiError, ok } from './client';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false, // the stream tells what changed
      retry: (count, error) => count < 3 && error instanceof ApiError && error.temporary,
    },
    mutations: { retry: false },
  },
});

// Every change of these makes new objects where something changed, and only
// there; comparing ten thousand tickets field by field to find that out again
// takes longer than a key may.
for (const queryKey of [['tickets'], ['timeline']])
  queryClient.setQueryDefaults(queryKey, { structuralSharing: false });

interface Page<T> {
  items: T[];
  next?: string | null;
}

/** Reads every page of a register; they are small. */
async function whole<T>(page: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
  } while (cursor);
  return items;
}

const limit = 100;
const long = { staleTime: 5 * 60_000 };

export const q = {
  me: queryOptions({ queryKey: ['me'], queryFn: () => ok(api.GET('/api/v1/me')), staleTime: 60_000 }),
  setup: queryOptions({
    queryKey: ['setup'],
    queryFn: () => ok(api.GET('/api/v1/setup')),
    staleTime: Infinity,
  }),
  account: queryOptions({ queryKey: ['account'], queryFn: () => ok(api.GET('/api/v1/account')), ...long }),
  counters: queryOptions({ queryKey: ['counters'], queryFn: () => ok(api.GET('/api/v1/counters')) }),
  kinds: queryOptions({
    queryKey: ['connection-kinds'],
    queryFn: () => ok(api.GET('/api/v1/connection-kinds')).then((a) => a.items),
    staleTime: Infinity,
  }),
  queues: queryOptions({
    queryKey: ['queues'],
    queryFn: () => whole((cursor) => ok(api.GET('/api/v1/queues', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  tags: queryOptions({
    queryKey: ['tags'],
    queryFn: () => whole((cursor) => ok(api.GET('/api/v1/tags', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  types: queryOptions({
    queryKey: ['ticket-types'],
    queryFn: () =>
      whole((cursor) => ok(api.GET('/api/v1/ticket-types', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  users: queryOptions({
    queryKey: ['users'],
    queryFn: () => whole((cursor) => ok(api.GET('/api/v1/users', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  teams: queryOptions({
    queryKey: ['teams'],
    queryFn: () => whole((cursor) => ok(api.GET('/api/v1/teams', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  connections: queryOptions({
    queryKey: ['connections'],
    queryFn: () =>
      whole((cursor) => ok(api.GET('/api/v1/connections', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  templates: queryOptions({
    queryKey: ['templates'],
    queryFn: () =>
      whole((cursor) => ok(api.GET('/api/v1/templates', { params: { query: { cursor, limit } } }))),
    ...long,
  }),
  targets: queryOptions({
    queryKey: ['transfer-targets'],
    queryFn: () => ok(api.GET('/api/v1/transfer-targets')).then((a) => a.items),
    staleTime: 0,
  }),
  ticket: (id: string) =>
    queryOptions({
      queryKey: ['ticket', id],
      queryFn: () => ok(api.GET('/api/v1/tickets/{id}', { params: { path: { id } } })),
    }),
  waiting: (id: string) =>
    queryOptions({
      queryKey: ['waiting', id],
      queryFn: () =>
        ok(api.GET('/api/v1/tickets/{id}/waiting', { params: { path: { id } } })).then((a) => a.items),
    }),
  contact: (id: string) =>
    queryOptions({
      queryKey: ['contact', id],
      queryFn: () => ok(api.GET('/api/v1/contacts/{id}', { params: { path: { id } } })),
    }),
};
