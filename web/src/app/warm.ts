import { q, queryClient } from '@/api/query';
import { fetchHead, listKey, statuses } from '@/features/inbox/lists';

/**
 * Asks for what the inbox shows first while the app still starts, instead of
 * one after the other: who she is, and then her list.
 */
export function warm({ pathname, search }: Location): void {
  if (!/^\/atendimentos(\/|$)/.test(pathname)) return;
  if (pathname.length > '/atendimentos/'.length) void import('@/features/inbox/opened');
  const tab = new URLSearchParams(search).get('tab');
  const status = statuses.find((one) => one === tab) ?? 'open';
  void queryClient.prefetchQuery(q.me);
  void queryClient.prefetchQuery({
    queryKey: listKey(status),
    queryFn: ({ signal }) => fetchHead(status, signal),
  });
}
