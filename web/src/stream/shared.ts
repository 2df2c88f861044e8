import type { StreamFrame } from '@/lib/types';
import { openStream, type Link } from './connection';

type Note = { frame: StreamFrame } | { link: Link } | { ask: true } | { answer: Link };

export interface Listener {
  frame: (f: StreamFrame) => void;
  link: (l: Link) => void;
  /** The stream begins here: what was read before may lack what happened since. */
  begun: () => void;
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

  function tell(note: Note) {
    if (!done.signal.aborted) channel.postMessage(note);
  }
  function hear(note: Note) {
    if (done.signal.aborted) return;
    if ('frame' in note) on.frame(note.frame);
    else if ('answer' in note) on.link(note.answer);
    else if ('link' in note) {
      on.link(note.link);
      if (note.link.state === 'live') on.begun();
    } else if (close) tell({ answer: link });
  }
  channel.onmessage = (event: MessageEvent<Note>) => hear(event.data);

  function lead() {
    const all = (note: Note) => {
      tell(note);
      hear(note);
    };
    close = openStream({
      frame: (frame) => all({ frame }),
      link: (now) => {
        link = now;
        all({ link });
      },
    });
  }

  if ('locks' in navigator) {
    tell({ ask: true });
    void navigator.locks
      .request(name, { signal: done.signal }, () => {
        // The lock may have been granted in the moment this tab let go of it.
        if (done.signal.aborted) return undefined;
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
