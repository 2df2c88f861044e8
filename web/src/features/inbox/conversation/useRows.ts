import { useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { estimate, type Item } from './items';

export type Rows = Virtualizer<HTMLDivElement, Element>;

/** Which rows push the text down when their height turns out other than thought: those above it. */
function isAbove(row: VirtualItem, _delta: number, rows: Rows): boolean {
  const top = rows.scrollOffset ?? 0;
  return rows.itemSizeCache.has(row.key) ? row.end <= top : row.start < top;
}

/**
 * The rows of a timeline: what is being read holds still, and the end is
 * followed by who stands there.
 */
export function useRows(items: Item[], scroller: RefObject<HTMLDivElement | null>, whole: boolean): Rows {
  // The virtualizer does not remember a height that was as guessed; a guess
  // that changed later (a reaction) would then move the text unnoticed.
  const [guesses] = useState(() => new Map<string, number>());
  const guess = useCallback(
    (i: number) => {
      const key = items[i]?.key ?? '';
      const height = guesses.get(key) ?? estimate(items[i]);
      guesses.set(key, height);
      return height;
    },
    [items, guesses],
  );
  const key = useCallback((i: number) => items[i]?.key ?? i, [items]);
  // A page that reaches the end is no news to follow; what comes after it is.
  const [wasWhole, setWasWhole] = useState(whole);
  useLayoutEffect(() => setWasWhole(whole), [whole]);

  const rows = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: guess,
    getItemKey: key,
    overscan: 10,
    anchorTo: 'end',
    followOnAppend: whole && wasWhole,
    scrollEndThreshold: 60,
    paddingStart: 12,
    paddingEnd: 14,
  });
  useLayoutEffect(() => {
    rows.shouldAdjustScrollPositionOnItemSizeChange = isAbove;
  }, [rows]);
  useEndKept(rows, scroller);
  return rows;
}

/** Another size of the window, or of the composer, leaves the end in sight. */
function useEndKept(rows: Rows, scroller: RefObject<HTMLDivElement | null>) {
  const atEnd = useRef(true); // what does not overflow never scrolls
  useEffect(() => {
    const node = scroller.current;
    if (!node) return;
    let known = false;
    const note = () => (atEnd.current = rows.isAtEnd());
    const observer = new ResizeObserver(() => {
      if (known && atEnd.current) rows.scrollToEnd();
      known = true; // the first call only tells the size
    });
    node.addEventListener('scroll', note, { passive: true });
    observer.observe(node);
    return () => {
      node.removeEventListener('scroll', note);
      observer.disconnect();
    };
  }, [rows, scroller]);
}
