import { useVirtualizer, defaultRangeExtractor } from '@tanstack/react-virtual';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useMe } from '@/app/session';
import type { Tab } from '@/app/router';
import { useCommands, type Group } from '@/features/frame/commands';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { Btn, Empty } from '@/ui/parts';
import { RowSkeleton } from './RowSkeleton';
import { TicketRow } from './TicketRow';
import { useTickets } from './useTickets';

export function TicketRows({
  tab,
  current,
  phone,
}: {
  tab: Tab;
  current: string | undefined;
  phone: boolean;
}) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const { items, hasMore, isPending, error, more, loading } = useTickets(tab);
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const height = phone ? 76 : me.density === 'compact' ? 52 : 68;
  const focusedAt = focused ? items.findIndex((ticket) => ticket.id === focused) : -1;

  const keyOf = useCallback((i: number) => items[i]?.id ?? i, [items]);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    overscan: 8,
    // The row with the focus stays and so do its neighbours, or the keyboard
    // would fall out of the list.
    rangeExtractor: (range) => {
      const shown = new Set(defaultRangeExtractor(range));
      if (focusedAt >= 0)
        for (const i of [focusedAt - 1, focusedAt, focusedAt + 1])
          if (i >= 0 && i < range.count) shown.add(i);
      return [...shown].sort((a, b) => a - b);
    },
  });
  useEffect(() => rows.measure(), [height, rows]);

  const go = useCallback(
    (step: number) => {
      const at = items.findIndex((ticket) => ticket.id === current);
      const next = items[at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step];
      if (!next) return;
      rows.scrollToIndex(items.indexOf(next), { align: 'auto' });
      void navigate({
        to: '/atendimentos/$ticketId',
        params: { ticketId: next.id },
        search: (s) => ({ ...s, m: undefined }),
      });
    },
    [items, current, rows, navigate],
  );
  const group = useMemo<Group>(
    () => ({
      title: t('list.title'),
      commands: [
        { id: 'next', label: t('list.next'), keys: 'j', run: () => go(1), quiet: true },
        { id: 'previous', label: t('list.previous'), keys: 'k', run: () => go(-1), quiet: true },
        {
          id: 'enter',
          label: t('list.write'),
          keys: 'Enter',
          quiet: true,
          run: () => (current ? document.querySelector<HTMLElement>('[data-composer]')?.focus() : go(1)),
        },
      ],
    }),
    [go, t, current],
  );
  useCommands(group);

  const sentinel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = sentinel.current;
    if (!node || !hasMore) return;
    const seen = new IntersectionObserver((entries) => entries[0]?.isIntersecting && void more(), {
      root: scroller.current,
      rootMargin: '200px',
    });
    seen.observe(node);
    return () => seen.disconnect();
  }, [hasMore, more]);

  if (isPending) return <RowSkeleton height={height} />;
  if (error && items.length === 0)
    return (
      <div className="rows">
        <Empty title={t('list.failed')} text={errorText(error)} />
      </div>
    );
  if (items.length === 0)
    return (
      <div className="rows">
        <Empty
          title={t(`list.empty.${tab}`)}
          text={t(`list.emptyText.${tab}`)}
          action={
            me.can.includes('ticket.start') && tab !== 'closed' ? (
              <Btn onClick={() => openStart()}>{t('list.startOne')}</Btn>
            ) : undefined
          }
        />
      </div>
    );

  return (
    <div className="rows scroll" ref={scroller} tabIndex={-1}>
      <ul
        style={{ height: rows.getTotalSize(), position: 'relative' }}
        aria-label={t(`list.${tab}`)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(null)}
      >
        {rows.getVirtualItems().map((v) => {
          const ticket = items[v.index];
          if (!ticket) return null;
          return (
            <li
              key={v.key}
              className="vrow"
              style={{ transform: `translateY(${v.start}px)`, height: v.size }}
              aria-setsize={hasMore ? -1 : items.length}
              aria-posinset={v.index + 1}
              onFocus={() => setFocused(ticket.id)}
            >
              <TicketRow ticket={ticket} tab={tab} selected={ticket.id === current} />
            </li>
          );
        })}
      </ul>
      {hasMore && (
        <div ref={sentinel} className="row center more">
          <Btn kind="ghost" size="medium" busy={loading} onClick={() => void more()}>
            {t('list.more')}
          </Btn>
        </div>
      )}
    </div>
  );
}
