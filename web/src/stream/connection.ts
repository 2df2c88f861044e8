import { sseParser } from './sse';
import type { StreamFrame } from '@/lib/types';

export type Link = { state: 'connecting' | 'live' | 'signed-out' } | { state: 'lost'; retryAt: number };

const SILENCE = 45_000;

/** Waits 1–30 s, doubling, with jitter so that desks don't return in step. */
export function backoff(attempt: number, random = Math.random()): number {
  const base = Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5));
  return Math.max(1000, base * (0.5 + random / 2));
}

/** Reads the stream until stopped; reconnects by itself. */
export function openStream(on: { frame: (f: StreamFrame) => void; link: (l: Link) => void }): () => void {
  let stopped = false;
  let abort = new AbortController();
  let wake: (() => void) | undefined;
  const again = () => wake?.();

  async function read(): Promise<boolean> {
    abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENCE);
    };
    alive();
    let lived = false;
    try {
      const response = await fetch('/api/v1/stream', {
        signal: abort.signal,
        headers: { Accept: 'text/event-stream' },
        cache: 'no-store',
      });
      if (response.status === 401) {
        on.link({ state: 'signed-out' });
        stopped = true;
        return false;
      }
      if (!response.ok || !response.body) return false;
      lived = true;
      on.link({ state: 'live' });
      const decoder = new TextDecoder();
      const feed = sseParser((data) => {
        try {
          on.frame(JSON.parse(data) as StreamFrame);
        } catch (error) {
          reportError(error); // a frame that can't be shown must not cost the next ones
        }
      });
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        feed(decoder.decode(value, { stream: true }));
      }
    } catch {
      // aborted, or the network is gone
    } finally {
      clearTimeout(timer);
    }
    return lived;
  }

  async function loop() {
    for (let attempt = 0; !stopped; attempt++) {
      on.link({ state: 'connecting' });
      if (await read()) attempt = 0;
      if (stopped) return;
      const wait = backoff(attempt);
      on.link({ state: 'lost', retryAt: Date.now() + wait });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  }

  const gone = () => abort.abort();
  addEventListener('online', again);
  addEventListener('offline', gone);
  void loop();
  return () => {
    stopped = true;
    abort.abort();
    again();
    removeEventListener('online', again);
    removeEventListener('offline', gone);
  };
}
