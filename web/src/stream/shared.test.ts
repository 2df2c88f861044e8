import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamFrame } from '@/lib/types';
import type { Link } from './connection';
import { shareStream } from './shared';

interface Opened {
  frame: (f: StreamFrame) => void;
  link: (l: Link) => void;
  closed: boolean;
}
const opened: Opened[] = [];
vi.mock('./connection', () => ({
  openStream: (on: Omit<Opened, 'closed'>) => {
    const stream = { ...on, closed: false };
    opened.push(stream);
    return () => (stream.closed = true);
  },
}));

/** Web Locks of one name: granted in order, one turn of the event loop later. */
function locks() {
  const line: { run: () => unknown; signal: AbortSignal }[] = [];
  let held = false;
  const grant = () => {
    const next = held ? undefined : line.shift();
    if (!next) return;
    held = true;
    // Granted: aborting comes too late now, as in browsers.
    setTimeout(() => {
      void Promise.resolve(next.run()).then(() => {
        held = false;
        grant();
      });
    });
  };
  return {
    request: (_: string, { signal }: { signal: AbortSignal }, run: () => unknown) => {
      line.push({ run, signal });
      signal.addEventListener('abort', () => {
        const at = line.findIndex((waiting) => waiting.run === run);
        if (at >= 0) line.splice(at, 1);
      });
      grant();
      return Promise.resolve();
    },
  };
}

function tab() {
  const heard = { frames: [] as StreamFrame[], links: [] as Link[], begun: 0 };
  const stop = shareStream('s1', {
    frame: (f) => heard.frames.push(f),
    link: (l) => heard.links.push(l),
    begun: () => heard.begun++,
  });
  return { heard, stop };
}

const frame = { type: 'hello' } as StreamFrame;
const live: Link = { state: 'live' };

beforeEach(() => {
  opened.length = 0;
  vi.stubGlobal('navigator', { locks: locks() });
});
afterEach(() => vi.unstubAllGlobals());

describe('one stream for all tabs', () => {
  it('is read by one, heard by all and handed on', async () => {
    const [a, b] = [tab(), tab()];
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.link(live);
    opened[0]?.frame(frame);
    await vi.waitFor(() => expect(b.heard.frames).toEqual([frame]));
    expect([a.heard.frames, a.heard.begun, b.heard.begun]).toEqual([[frame], 1, 1]);

    a.stop();
    expect(opened[0]?.closed).toBe(true);
    await vi.waitFor(() => expect(opened).toHaveLength(2));
    opened[1]?.link(live);
    opened[1]?.frame(frame);
    expect([b.heard.frames.length, b.heard.begun, a.heard.frames.length]).toEqual([2, 2, 1]);
    b.stop();
  });

  it('tells a new tab how the stream is, without making it read again', async () => {
    const a = tab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.link(live);
    const b = tab();
    await vi.waitFor(() => expect(b.heard.links).toEqual([live]));
    expect(b.heard.begun).toBe(0);
    a.stop();
    b.stop();
  });

  it('lets go of a lock that comes too late', async () => {
    const a = tab();
    a.stop(); // the lock was granted already, its turn not yet run
    const b = tab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.link(live);
    expect([a.heard.begun, b.heard.begun]).toEqual([0, 1]);
    b.stop();
  });

  it('says nothing more once stopped', async () => {
    const a = tab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    a.stop();
    expect(() => opened[0]?.link(live)).not.toThrow();
    expect(a.heard.links).toEqual([]);
  });
});
