import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { i18n, useT } from '@/i18n';
import { moment } from '@/lib/format';
import type { LogEntry } from '@/lib/types';
import { Btn } from './parts';

export type Noun = 'contacts' | 'connections' | 'queues' | 'users' | 'teams' | 'templates' | 'tags' | 'ticket-types' | 'account' | 'settings';

function ask(noun: Noun, id: string | undefined, cursor: string | undefined) {
  const query = { cursor, limit: 20 };
  if (noun === 'account') return ok(api.GET('/api/v1/account/history', { params: { query } }));
  if (noun === 'settings') return ok(api.GET('/api/v1/settings/history', { params: { query } }));
  const params = { path: { id: id ?? '' }, query };
  switch (noun) {
    case 'contacts':
      return ok(api.GET('/api/v1/contacts/{id}/history', { params }));
    case 'connections':
      return ok(api.GET('/api/v1/connections/{id}/history', { params }));
    case 'queues':
      return ok(api.GET('/api/v1/queues/{id}/history', { params }));
    case 'users':
      return ok(api.GET('/api/v1/users/{id}/history', { params }));
    case 'teams':
      return ok(api.GET('/api/v1/teams/{id}/history', { params }));
    case 'templates':
      return ok(api.GET('/api/v1/templates/{id}/history', { params }));
    case 'tags':
      return ok(api.GET('/api/v1/tags/{id}/history', { params }));
    case 'ticket-types':
      return ok(api.GET('/api/v1/ticket-types/{id}/history', { params }));
  }
}

/** Who changed what, newest first; folded until wanted. */
export function History({ noun, id }: { noun: Noun; id?: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['history', noun, id],
    queryFn: ({ pageParam }) => ask(noun, id, pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: open,
    staleTime: 0,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <details className="hist" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('history.title')}</summary>
      {data && items.length === 0 && <p className="mut x13">{t('history.none')}</p>}
      <ol className="history">
        {items.map((entry) => (
          <li key={entry.id}>
            <span className="at num">{moment(entry.at)}</span>
            <span>
              <b className="med">{entry.actor.name || t(`actor.${entry.actor.kind}`)}</b> {i18n.exists(`event.${entry.type}`) ? i18n.t(`event.${entry.type}` as 'event.queue.updated') : entry.type}
              <span className="mut"> {changes(entry)}</span>
            </span>
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Btn kind="ghost" size="small" onClick={() => void fetchNextPage()}>
          {t('action.more')}
        </Btn>
      )}
    </details>
  );
}

const plain = (value: unknown) => (typeof value === 'object' ? '…' : String(value));

function changes(entry: LogEntry): string {
  return Object.entries(entry.data as Record<string, unknown>)
    .filter(([, value]) => Array.isArray(value))
    .map(([field, value]) => {
      const [from, to] = value as unknown[];
      return from === undefined ? field : `${field}: ${plain(from)} → ${plain(to)}`;
    })
    .join('; ');
}
