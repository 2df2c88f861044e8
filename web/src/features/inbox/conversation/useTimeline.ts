import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { readBeside } from '@/stream/replay';
import { fromServer, join, rowKey, type Stretch } from '../timeline';

const limit = 50;

async function page(
  id: string,
  query: { before?: string; after?: string; around?: string },
): Promise<Stretch> {
  return fromServer(
    await ok(
      api.GET('/api/v1/tickets/{id}/timeline', { params: { path: { id }, query: { ...query, limit } } }),
    ),
  );
}

const holds = (held: Stretch, message: string) =>
  held.rows.some((row) => row.kind === 'message' && row.message.id === message);

/** The newest page, joined to what is held when they touch; or that around a message that is sought. */
async function renew(id: string, sought: string | undefined): Promise<Stretch> {
  const held = () => queryClient.getQueryData<Stretch>(['timeline', id]);
  const before = held();
  if (sought && !(before && holds(before, sought))) return page(id, { around: sought });
  if (before && before.after !== null) return before; // looking at old messages: the end comes when it is asked for
  const fresh = await page(id, {});
  const now = held(); // older pages may have come meanwhile
  if (!now) return fresh;
  const known = new Set(now.rows.map(rowKey));
  return fresh.rows.some((row) => known.has(rowKey(row))) ? join(now, fresh) : fresh;
}

/** Reads a page into the cached stretch, if that is still there. */
const readInto = (
  id: string,
  query: { before?: string; after?: string; around?: string },
  into: (held: Stretch, found: Stretch) => Stretch,
) =>
  readBeside(
    queryClient,
    ['timeline', id],
    () => page(id, query),
    (found) => queryClient.setQueryData<Stretch>(['timeline', id], (held) => held && into(held, found)),
  );

export type TimelineQuery = ReturnType<typeof useTimeline>;

/** A ticket's timeline, first read around a message, its end else; and around a search hit. */
export function useTimeline(id: string, first: string | undefined, hit: string | undefined, sought: number) {
  const wanted = useRef(first); // until it is found: she may have gone on to the end since
  const { data, error, refetch } = useQuery({
    queryKey: ['timeline', id],
    queryFn: async () => {
      const now = wanted.current;
      const found = await renew(id, now);
      if (wanted.current === now) wanted.current = undefined;
      return found;
    },
    staleTime: 0,
  });
  const [loading, setLoading] = useState<'older' | 'newer' | null>(null);
  const busy = useRef(false);

  const extend = useCallback(
    async (side: 'older' | 'newer') => {
      const held = queryClient.getQueryData<Stretch>(['timeline', id]);
      const cursor = side === 'older' ? held?.before : held?.after;
      if (!held || !cursor || busy.current) return;
      busy.current = true;
      setLoading(side);
      try {
        await readInto(id, side === 'older' ? { before: cursor } : { after: cursor }, (now, more) => {
          // Another stretch may stand here by now, which this page does not touch.
          if ((side === 'older' ? now.before : now.after) !== cursor) return now;
          return side === 'older' ? join(more, now) : join(now, more);
        });
      } catch {
        // the banner says that the connection is gone; scrolling asks again
      } finally {
        busy.current = false;
        setLoading(null);
      }
    },
    [id],
  );

  /** Shows the end, whatever was loaded. */
  const toEnd = useCallback(async () => {
    const held = queryClient.getQueryData<Stretch>(['timeline', id]);
    if (held?.after) await readInto(id, {}, (_, newest) => newest);
  }, [id]);

  // A search hit in a ticket that is already loaded elsewhere.
  useEffect(() => {
    const held = queryClient.getQueryData<Stretch>(['timeline', id]);
    if (!hit || !held || holds(held, hit)) return;
    wanted.current = hit;
    void refetch();
  }, [id, hit, sought, refetch]);

  return { stretch: data, error, extend, toEnd, loading };
}
