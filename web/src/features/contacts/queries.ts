import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api, ok } from '@/api/client';

export interface Filter {
  q: string;
  tag: string[];
  /** Ids of users, or none. */
  owner: string[];
  unowned: boolean;
  blocked: boolean;
}

export const contactList = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/contacts', {
          signal,
          params: {
            query: {
              limit: 50,
              ...(pageParam ? { cursor: pageParam } : {}),
              ...(filter.q ? { q: filter.q } : {}),
              ...(filter.tag.length ? { tag: filter.tag } : {}),
              ...(filter.owner.length ? { owner: filter.owner } : {}),
              ...(filter.unowned ? { unowned: true } : {}),
              ...(filter.blocked ? { blocked: true } : {}),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
