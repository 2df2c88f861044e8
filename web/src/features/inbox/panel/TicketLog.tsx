import { useInfiniteQuery } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { useT } from '@/i18n';
import { dayMonth, time } from '@/lib/format';
import { Btn } from '@/ui/parts';
import { EventText } from '../conversation/EventLine';

/** C19: everything that happened with the ticket, newest first. */
export function TicketLog({ ticketId }: { ticketId: string }) {
  const t = useT();
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['log', ticketId],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/v1/tickets/{id}/log', {
          params: { path: { id: ticketId }, query: { cursor: pageParam || undefined, limit: 30 } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
  return (
    <ol className="loglist">
      {data?.pages
        .flatMap((page) => page.items)
        .map((event) => (
          <li key={event.id}>
            <span className="mut num">{`${dayMonth(event.at)} ${time(event.at)}`}</span>
            <span>
              <EventText event={event} />
            </span>
          </li>
        ))}
      {hasNextPage && (
        <li>
          <Btn kind="ghost" size="small" onClick={() => void fetchNextPage()}>
            {t('action.more')}
          </Btn>
        </li>
      )}
    </ol>
  );
}
