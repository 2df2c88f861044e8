import { useEffect, useRef, useSyncExternalStore } from 'react';
import { queryClient } from '@/api/query';
import { applyFrame } from '@/stream/apply';
import type { Link } from '@/stream/connection';
import { watchAnswers } from '@/stream/replay';
import { shareStream } from '@/stream/shared';
import type { Me, Notification } from '@/lib/types';

let link: Link = { state: 'connecting' };
const listeners = new Set<() => void>();

watchAnswers(queryClient); // before the first of them is on its way

function set(next: Link) {
  link = next;
  listeners.forEach((tell) => tell());
}

export const useLink = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => link,
  );

/** Keeps this tab on the stream; after a gap it asks again for what it shows. */
export function useStream(me: Me, on: { notice: (n: Notification) => void; ended: () => void }): void {
  const handlers = useRef(on);
  useEffect(() => {
    handlers.current = on;
  });
  const session = me.session_id;
  useEffect(() => {
    const stop = shareStream(session, {
      frame: (frame) =>
        applyFrame(frame, {
          notice: (n) => handlers.current.notice(n),
          ended: () => handlers.current.ended(),
        }),
      begun: () => void queryClient.invalidateQueries(),
      link(next) {
        if (next.state === 'signed-out') handlers.current.ended();
        set(next);
      },
    });
    return () => {
      stop();
      set({ state: 'connecting' });
    };
  }, [session]);
}
