import { Link, useSearch } from '@tanstack/react-router';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { formatPhone } from '@/lib/phone';
import { useT } from '@/i18n';
import { shortTime } from '@/lib/format';
import { Avatar, Btn, Empty } from '@/ui/parts';
import { RowSkeleton } from './RowSkeleton';
import { TicketRow } from './TicketRow';

/** C4: conversations by name, phone or number; below, messages by their words. */
export function SearchResults({ text, current }: { text: string; current: string | undefined }) {
  const t = useT();
  const shown = useSearch({ from: '/frame/atendimentos', select: (search) => search.m });
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['search', text],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/search', { params: { query: { q: text, cursor: pageParam || undefined } }, signal }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  if (isPending) return <RowSkeleton height={68} />;
  const tickets = data?.pages[0]?.tickets ?? [];
  const messages = data?.pages.flatMap((page) => page.messages) ?? [];
  if (!tickets.length && !messages.length)
    return (
      <div className="rows">
        <Empty title={t('search.none', { text })} text={t('search.noneText')} />
      </div>
    );
  return (
    <div className="rows scroll found" role="region" aria-label={t('search.results')} tabIndex={-1}>
      {tickets.length > 0 && <h2 className="pgroup">{t('command.conversations')}</h2>}
      <ul>
        {tickets.map((ticket) => (
          <li key={ticket.id} className="srow">
            <TicketRow ticket={ticket} tab={ticket.status} selected={ticket.id === current} />
          </li>
        ))}
      </ul>
      {messages.length > 0 && <h2 className="pgroup">{t('command.messages')}</h2>}
      <ul>
        {messages.map((hit) => (
          <li key={hit.message_id}>
            <Link
              className="tk hit"
              to="/atendimentos/$ticketId"
              params={{ ticketId: hit.ticket.id }}
              search={{ m: hit.message_id }}
              state={(now) => ({ ...now, sought: (now.sought ?? 0) + 1 })}
              replace={hit.message_id === shown}
            >
              <Avatar id={hit.ticket.contact.id} name={hit.ticket.contact.name} size={36} />
              <span className="grow">
                <span className="l1">
                  <span className="nm trunc grow">{formatPhone(hit.ticket.contact.name)}</span>
                  <span className="tm">{shortTime(hit.at)}</span>
                </span>
                <span className="snip">
                  {hit.snippet.map((part, i) =>
                    part.hit ? <mark key={i}>{part.text}</mark> : <span key={i}>{part.text}</span>,
                  )}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="row center more">
          <Btn kind="ghost" size="medium" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('action.more')}
          </Btn>
        </div>
      )}
    </div>
  );
}
