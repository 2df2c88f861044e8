import type { StreamFrame } from '@/lib/types';
import { openStream, type Link } from './connection';

type Note = { frame: StreamFrame } | { link: Link } | { ask: true };

export interface Listener {
  frame: (f: StreamFrame) => void;
  link: (l: Link) => void;
  /** This tab now holds the stream for all. */
  leader?: (leads: boolean) => void;
}

/**
 * One stream for all tabs of a session: the tab that holds the lock reads it
 * and passes the frames on. When it closes, another tab gets the lock.
 */
export function shareStream(session: string, on: Listener): () => void {
  const name = `prosa-stream-${session}`;
  const channel = new BroadcastChannel(name);
  const done = new AbortController();
  let close: (() => void) | undefined;
  let link: Link = { state: 'connecting' };

  channel.onmessage = (event: MessageEvent<Note>) => {
    const note = event.data;
    if ('frame' in note) on.frame(note.frame);
    else if ('link' in note) on.link(note.link);
    else if (close) channel.postMessage({ link });
  };

  function lead() {
    on.leader?.(true);
    close = openStream({
      frame: (frame) => {
        channel.postMessage({ frame });
        on.frame(frame);
      },
      link: (now) => {
        link = now;
        channel.postMessage({ link });
        on.link(now);
      },
    });
  }

  if ('locks' in navigator) {
    channel.postMessage({ ask: true });
    void navigator.locks
      .request(name, { signal: done.signal }, () => {
        lead();
        return new Promise<void>((resolve) => done.signal.addEventListener('abort', () => resolve()));
      })
      .catch(() => undefined); // stopped while waiting for the lock
  } else {
    lead(); // plain http outside localhost has no locks: a stream of its own
  }

  return () => {
    done.abort();
    close?.();
    channel.close();
  };
}
