import type { Page } from '@playwright/test';

// Where a message stands in every painted frame. A script that reads positions
// from a frame callback sees them before the browser's own layout and resize
// steps; an intersection observer is told the layout that is painted.

interface Track {
  id: string;
  tops: number[];
  stop: boolean;
}
declare global {
  interface Window {
    track?: Track;
  }
}

/** Begins to follow the first message of which anything is in view; returns its id. */
export const follow = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const scroller = document.querySelector('.tl');
    if (!scroller) throw new Error('no timeline');
    const top = scroller.getBoundingClientRect().top;
    const first = Array.from(scroller.querySelectorAll<HTMLElement>('[data-message]')).find(
      (message) => message.getBoundingClientRect().bottom > top + 1,
    );
    const track: Track = { id: first?.dataset.message ?? '', tops: [], stop: false };
    if (!track.id) throw new Error('no message in view');
    window.track = track;
    const frame = () => {
      if (track.stop) return;
      requestAnimationFrame(frame);
      const message = scroller.querySelector(`[data-message="${track.id}"]`);
      if (!message) {
        track.tops.push(Infinity);
        return;
      }
      const observer = new IntersectionObserver(([entry]) => {
        observer.disconnect();
        track.tops.push((entry?.boundingClientRect.top ?? Infinity) - scroller.getBoundingClientRect().top);
      });
      observer.observe(message);
    };
    return new Promise<string>((resolve) => {
      requestAnimationFrame(frame);
      const begun = () => (track.tops.length ? resolve(track.id) : requestAnimationFrame(begun));
      begun();
    });
  });

/** Lets some frames pass and tells how far the followed message has ever stood from its place. */
export const moved = (page: Page, frames = 30): Promise<number> =>
  page.evaluate(async (count) => {
    const { track } = window;
    if (!track) throw new Error('nothing is followed');
    const until = track.tops.length + count;
    await new Promise<void>((resolve) => {
      const wait = () => (track.tops.length >= until ? resolve() : requestAnimationFrame(wait));
      wait();
    });
    track.stop = true;
    const [start = NaN] = track.tops;
    return Math.max(...track.tops.map((top) => Math.abs(top - start)));
  }, frames);
