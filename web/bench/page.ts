import type { BrowserContext, CDPSession, Page } from '@playwright/test';

// What runs inside the page to measure it. A time is taken when a frame with
// the thing has been painted: a message posted from the frame's callback
// arrives after it.

declare global {
  interface Window {
    bench: {
      painted: (found: () => boolean) => Promise<number>;
      keys: number[];
      shifts: { at: number; value: number; byHand: boolean }[];
      clicked: number;
    };
  }
}

function instrument() {
  const bench: Window['bench'] = { painted, keys: [], shifts: [], clicked: 0 };
  window.bench = bench;
  function painted(found: () => boolean): Promise<number> {
    return new Promise((resolve) => {
      const look = () => {
        if (!found()) {
          requestAnimationFrame(look);
          return;
        }
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      };
      requestAnimationFrame(look);
    });
  }
  addEventListener('click', (event) => (bench.clicked = event.timeStamp), true);
  addEventListener(
    'keydown',
    (event) => void painted(() => true).then((at) => bench.keys.push(at - event.timeStamp)),
    true,
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[])
      bench.shifts.push({ at: entry.startTime, value: entry.value, byHand: entry.hadRecentInput });
  }).observe({ type: 'layout-shift', buffered: true });
}

export async function newPage(context: BrowserContext): Promise<[Page, CDPSession]> {
  const page = await context.newPage();
  await page.addInitScript(instrument);
  return [page, await context.newCDPSession(page)];
}

/** When, since the navigation, something under the selector could be clicked. */
export const clickable = (page: Page, selector: string): Promise<number> =>
  page.evaluate(
    (wanted) =>
      window.bench.painted(() => {
        const node = document.querySelector(wanted);
        if (!node) return false;
        const box = node.getBoundingClientRect();
        return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
      }),
    selector,
  );

/** Clicks there and returns the milliseconds until the other is painted in view. */
export async function clickToPaint(page: Page, from: string, to: string): Promise<number> {
  const before = await page.evaluate(() => window.bench.clicked);
  const seen = page.evaluate(
    ([wanted, last]) =>
      window.bench.painted(() => {
        if (window.bench.clicked === last) return false;
        const box = document.querySelector(wanted)?.getBoundingClientRect();
        return box !== undefined && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
      }),
    [to, before] as const,
  );
  await page.locator(from).click();
  return (await seen) - (await page.evaluate(() => window.bench.clicked));
}

/**
 * From when a key went down until the next frame was painted: the longest of
 * 98 % of them. Not the browser's Event Timing, which ends at the display's own
 * frame: without a screen that one is skipped now and then for as long as keys
 * come, while the page's frames go on.
 */
export async function keystrokes(page: Page, press: () => Promise<void>): Promise<number> {
  const rest = () => page.evaluate(() => window.bench.painted(() => true));
  await rest();
  await page.evaluate(() => (window.bench.keys = []));
  await press();
  for (let i = 0; i < 10; i++) await rest();
  const all = (await page.evaluate(() => window.bench.keys)).sort((a, b) => a - b);
  return all[Math.ceil(all.length * 0.98) - 1] ?? NaN;
}

/** The Cumulative Layout Shift: the worst session window, and everything together, her own doing included. */
export async function shifts(page: Page): Promise<{ cls: number; sum: number }> {
  const list = await page.evaluate(() => window.bench.shifts);
  let worst = 0;
  let window_ = { from: -1e9, last: -1e9, value: 0 };
  for (const shift of list.filter((one) => !one.byHand)) {
    if (shift.at - window_.last > 1000 || shift.at - window_.from > 5000)
      window_ = { from: shift.at, last: shift.at, value: 0 };
    window_.last = shift.at;
    window_.value += shift.value;
    worst = Math.max(worst, window_.value);
  }
  return { cls: worst, sum: list.reduce((sum, one) => sum + one.value, 0) };
}

export interface Weight {
  heap: number;
  nodes: number;
  listeners: number;
}

/** What the page holds once the garbage is gone. */
export async function weigh(cdp: CDPSession): Promise<Weight> {
  await cdp.send('Performance.enable');
  for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? NaN;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}
