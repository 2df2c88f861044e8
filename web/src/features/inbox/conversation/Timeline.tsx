import { useVirtualizer } from '@tanstack/react-virtual';
import { IconArrowDown } from '@tabler/icons-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { api, ok } from '@/api/client';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { useOutbox } from '@/lib/sending';
import type { Media, Ticket } from '@/lib/types';
import { Empty, Hidden } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { estimate, toItems } from './items';
import { Line } from './Line';
import { useTimeline } from './useTimeline';
import { Viewer } from './Viewer';

const NEAR = 400;
const FAR_UNREAD = 40;

export function Timeline({ ticket, around }: { ticket: Ticket; around: string | undefined }) {
  const t = useT();
  const me = useMe();
  const [unread] = useState(() => ({ first: ticket.first_unread_id ?? null, count: ticket.unread }));
  const target = around ?? (unread.count > FAR_UNREAD ? (unread.first ?? undefined) : undefined);
  const { stretch, error, isPending, extend, toEnd, loading } = useTimeline(ticket.id, target);
  const entries = useOutbox(ticket.id);
  const [viewed, setViewed] = useState<Media | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);

  const items = useMemo(
    () => (stretch ? toItems(stretch.rows, stretch.after === null ? entries : [], me, unread.first) : []),
    [stretch, entries, me, unread.first],
  );
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => estimate(items[i]),
    getItemKey: (i) => items[i]?.key ?? i,
    overscan: 10,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 60,
    paddingStart: 12,
    paddingEnd: 14,
  });

  // Once per opening, and again for another search hit: the right place.
  const placed = useRef<string | null>(null);
  const goal = around ?? (unread.count > 0 ? unread.first : null);
  useLayoutEffect(() => {
    if (items.length === 0) return;
    const want = goal ?? 'end';
    if (placed.current === want) return;
    const at = goal ? items.findIndex((item) => item.message?.id === goal) : -1;
    if (goal && at < 0 && around) return; // its page is on its way
    placed.current = want;
    if (at >= 0 && (around || items.length - at > 8))
      rows.scrollToIndex(at, { align: around ? 'center' : 'start' });
    else rows.scrollToEnd();
  }, [items, goal, around, rows]);

  const watch = useCallback(() => {
    const node = scroller.current;
    if (!node) return;
    const below = node.scrollHeight - node.scrollTop - node.clientHeight;
    setAtEnd(below < 60 && stretch?.after === null);
    if (node.scrollTop < NEAR) void extend('older');
    if (below < NEAR) void extend('newer');
  }, [extend, stretch?.after]);
  useEffect(watch, [watch, items.length]);

  // Her own message shows, wherever she was reading.
  const mine = entries.length;
  const sent = useRef(mine);
  useEffect(() => {
    if (mine > sent.current) void toEnd().then(() => rows.scrollToEnd());
    sent.current = mine;
  }, [mine, rows, toEnd]);

  useSeen(ticket, atEnd);
  const newest = items.at(-1)?.message;
  const arrived = newest?.direction === 'in' ? newest : undefined;

  if (isPending) return <TimelineSkeleton />;
  if (error && !stretch)
    return (
      <div className="tl">
        <Empty title={t('timeline.failed')} text={errorText(error)} />
      </div>
    );
  return (
    <div className="tlwrap">
      <div
        className="tl scroll"
        ref={scroller}
        onScroll={watch}
        tabIndex={0}
        role="region"
        aria-label={t('timeline.label')}
      >
        {items.length === 0 && (
          <Empty
            title={t('timeline.emptyTitle')}
            text={t(ticket.record_only ? 'list.record' : 'timeline.emptyText')}
          />
        )}
        <ol style={{ height: rows.getTotalSize() }} className="tlist">
          {rows.getVirtualItems().map((v) => {
            const item = items[v.index];
            return (
              item && (
                <li
                  key={v.key}
                  data-index={v.index}
                  ref={rows.measureElement}
                  className="tli"
                  style={{ transform: `translateY(${v.start}px)` }}
                >
                  <Line
                    item={item}
                    ticket={ticket}
                    unread={unread.count}
                    marked={item.message?.id === around}
                    onView={setViewed}
                  />
                </li>
              )
            );
          })}
        </ol>
        {loading === 'older' && (
          <div className="tlload">
            <span className="spin" />
          </div>
        )}
      </div>
      {!atEnd && (
        <button
          type="button"
          className="jump"
          aria-label={t('timeline.toEnd')}
          onClick={() => void toEnd().then(() => rows.scrollToEnd())}
        >
          <IconArrowDown size={18} />
          {ticket.unread > 0 && <span className="count">{ticket.unread}</span>}
        </button>
      )}
      <div aria-live="polite">
        <Hidden>
          {arrived
            ? t('timeline.arrived', {
                name: ticket.contact.name,
                text: arrived.body || t(`kind.${arrived.type}`),
              })
            : ''}
        </Hidden>
      </div>
      {viewed && stretch && <Viewer start={viewed} rows={stretch.rows} onClose={() => setViewed(null)} />}
    </div>
  );
}

/** Tells the server that the assigned agent has seen the end. */
function useSeen(ticket: Ticket, atEnd: boolean) {
  const { id, unread } = ticket;
  const may = ticket.can.includes('seen');
  const last = ticket.last_message?.id;
  useEffect(() => {
    if (!may || unread === 0 || !atEnd) return;
    const tell = () => {
      if (document.visibilityState !== 'visible') return;
      void ok(api.POST('/api/v1/tickets/{id}/seen', { params: { path: { id } }, body: {} })).catch(
        () => undefined,
      );
    };
    const timer = setTimeout(tell, 600);
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tell);
    };
  }, [id, unread, may, atEnd, last]);
}

const TimelineSkeleton = () => (
  <div className="tl" aria-hidden="true">
    <div className="in g12">
      {[220, 300, 180].map((w, i) => (
        <div key={w} style={{ alignSelf: i === 1 ? 'flex-end' : 'flex-start' }}>
          <Skeleton w={w} h={40} />
        </div>
      ))}
    </div>
  </div>
);
