import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';

export const unprocessed = queryOptions({
  queryKey: ['raw-events'],
  queryFn: () =>
    ok(api.GET('/api/v1/raw-events', { params: { query: { state: 'unprocessed', limit: 100 } } })).then(
      (a) => a.items,
    ),
  staleTime: 15_000,
});

export const settings = queryOptions({
  queryKey: ['settings'],
  queryFn: () => ok(api.GET('/api/v1/settings')),
});
