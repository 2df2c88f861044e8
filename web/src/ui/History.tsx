import { useInfiniteQuery } from '@tanstack/react-query';
import { i18n, useT } from '@/i18n';
import { moment } from '@/lib/format';
import type { LogEntry } from '@/lib/types';
import { changesOf, useFieldNames, useValueText } from './changes';
import { Btn } from './parts';

interface Props {
  queryKey: readonly unknown[];
  load: (cursor: string | undefined) => Promise<{ items: LogEntry[]; next?: string | null }>;
}

/** Who changed what, newest first. */
export function History({ queryKey, load }: Props) {
  const t = useT();
  const name = useFieldNames();
  const text = useValueText();
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['history', ...queryKey],
    queryFn: ({ pageParam }) => load(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="col g8">
      {data && items.length === 0 && <p className="mut x13">{t('history.none')}</p>}
      <ol className="history">
        {items.map((entry) => (
          <li key={entry.id}>
            <span className="at num">{moment(entry.at)}</span>
            <div className="what">
              <b className="med">{entry.actor.name || t(`actor.${entry.actor.kind}`)}</b>{' '}
              {i18n.exists(`event.${entry.type}`)
                ? i18n.t(`event.${entry.type}` as 'event.queue.updated')
                : entry.type}
              {changesOf(entry).map((change) => (
                <span className="chg" key={change.field}>
                  {name(change.field)}
                  {!change.hidden && (
                    <>
                      {': '}
                      {text(change.field, change.before) && (
                        <span className="was">{text(change.field, change.before)}</span>
                      )}{' '}
                      {text(change.field, change.after)}
                    </>
                  )}
                </span>
              ))}
            </div>
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Btn kind="ghost" size="small" onClick={() => void fetchNextPage()}>
          {t('action.more')}
        </Btn>
      )}
    </div>
  );
}
