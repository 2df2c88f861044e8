import { IconArrowDown } from '@tabler/icons-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { api, ok } from '@/api/client';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { useOutbox } from '@/lib/sending';
import type { Media, Ticket } from '@/lib/types';
import { Empty, Hidden } from '@/ui/parts';
import type { Stretch } from '../timeline';
import { linesOf, type Item } from './items';
import { Line } from './Line';
import { useNewMark, type NewMark } from './useNewMark';
import { useRows, type Rows } from './useRows';
import type { TimelineQuery } from './useTimeline';
import { Viewer } from './Viewer';

const NEAR = 400;

interface Props {
  ticket: Ticket;
  around: string | undefined;
  /** Another number: the hit is gone to again. */
  sought: number;
  /** As the conversation was opened. */
  opened: NewMark;
  stretch: Stretch;
  timeline: TimelineQuery;
}

/** The loaded part of a conversation, in its scrolling frame. */
export function Messages({ ticket, around, sought, opened, stretch, timeline }: Props) {
  const t = useT();
  const me = useMe();
  const { extend, toEnd, loading } = timeline;
  const entries = useOutbox(ticket.id);
  const [viewed, setViewed] = useState<Media | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const mark = useNewMark(ticket, atEnd);

  const items = useMemo(() => linesOf(stretch, entries, me, mark.first), [stretch, entries, me, mark.first]);
  const rows = useRows(items, scroller, stretch.after === null);
  usePlace(items, rows, around, sought, opened);

  const watch = useCallback(() => {
    const node = scroller.current;
    if (!node) return;
    const below = node.scrollHeight - node.scrollTop - node.clientHeight;
    setAtEnd(below < 60 && stretch.after === null);
    if (node.scrollTop < NEAR) void extend('older');
    if (below < NEAR) void extend('newer');
  }, [extend, stretch.after]);
  useEffect(watch, [watch, items.length]);

  // The end is gone to when its page is drawn, not when it is here.
  const [ends, setEnds] = useState(0);
  const goToEnd = useCallback(
    () =>
      void toEnd().then(
        () => setEnds((n) => n + 1),
        () => undefined, // the banner says that the connection is gone
      ),
    [toEnd],
  );
  useLayoutEffect(() => {
    if (ends > 0) rows.scrollToEnd();
  }, [ends, rows]);
  // Her own message shows, wherever she was reading.
  const mine = entries.length;
  const sent = useRef(mine);
  useEffect(() => {
    if (mine > sent.current) goToEnd();
    sent.current = mine;
  }, [mine, goToEnd]);

  useSeen(ticket, atEnd);
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
                    unread={mark.count}
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
        <button type="button" className="jump" aria-label={t('timeline.toEnd')} onClick={goToEnd}>
          <IconArrowDown size={18} />
          {ticket.unread > 0 && <span className="count">{ticket.unread}</span>}
        </button>
      )}
      <Arrived newest={items.at(-1)} name={ticket.contact.name} />
      {viewed && <Viewer start={viewed} rows={stretch.rows} onClose={() => setViewed(null)} />}
    </div>
  );
}

/** Once per opening, and again for another search hit: the right place. */
function usePlace(items: Item[], rows: Rows, around: string | undefined, sought: number, opened: NewMark) {
  const placed = useRef<string | null>(null);
  const goal = around ?? (opened.count > 0 ? opened.first : null);
  useLayoutEffect(() => {
    if (items.length === 0) return;
    // A hit is wanted even where the reading began at the same message.
    const want = around ? `hit ${around} ${sought}` : (goal ?? 'end');
    if (placed.current === want) return;
    const at = goal ? items.findIndex((item) => item.message?.id === goal) : -1;
    if (goal && at < 0 && around) return; // its page is on its way
    placed.current = want;
    if (at >= 0 && (around || items.length - at > 8))
      rows.scrollToIndex(at, { align: around ? 'center' : 'start' });
    else rows.scrollToEnd();
  }, [items, goal, around, sought, rows]);
}

/** Says what has arrived to who does not see it. */
function Arrived({ newest, name }: { newest: Item | undefined; name: string }) {
  const t = useT();
  const arrived = newest?.message?.direction === 'in' ? newest.message : undefined;
  return (
    <div aria-live="polite">
      <Hidden>
        {arrived ? t('timeline.arrived', { name, text: arrived.body || t(`kind.${arrived.type}`) }) : ''}
      </Hidden>
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
