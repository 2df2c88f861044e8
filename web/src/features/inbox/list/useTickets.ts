import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { queryClient } from '@/api/query';
import { toastError } from '@/lib/errors';
import { readBeside } from '@/stream/replay';
import type { TicketStatus } from '@/lib/types';
import { append, fetchHead, fetchPage, listKey, type TicketList } from '../lists';

export function useTickets(status: TicketStatus) {
  const { data, isPending, error } = useQuery({
    queryKey: listKey(status),
    queryFn: ({ signal }) => fetchHead(status, signal),
  });
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const next = data?.next ?? null;

  const more = useCallback(async () => {
    if (!next || busy.current) return;
    busy.current = true;
    setLoading(true);
    try {
      const key = listKey(status);
      await readBeside(
        queryClient,
        key,
        () => fetchPage(status, next),
        (page) =>
          queryClient.setQueryData<TicketList>(
            key,
            (held) => held && append(held, page.items, page.next ?? null),
          ),
      );
    } catch (refusal) {
      toastError(refusal);
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }, [next, status]);

  return { items: data?.items ?? [], hasMore: next !== null, isPending, error, more, loading };
}
