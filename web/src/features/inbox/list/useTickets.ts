import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { queryClient } from '@/api/query';
import { toastError } from '@/lib/errors';
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
      const page = await fetchPage(status, next);
      queryClient.setQueryData<TicketList>(listKey(status), (held) =>
        held ? append(held, page.items, page.next ?? null) : held,
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
