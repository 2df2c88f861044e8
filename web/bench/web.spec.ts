import { fileURLToPath } from 'node:url';
import { test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import journeys from '../playwright.config';
import { clickable, clickToPaint, keystrokes, newPage, shifts, weigh, type Weight } from './page';
import { open, type Place } from './place';
import { Report } from './report';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const WANTED = process.env.BENCH_ONLY?.split(',');
const out = fileURLToPath(new URL('../../bench/out/web.json', import.meta.url));

const ROW = '.vrow a.tk';
const SWITCHES = [100, 500] as const;

/** A browser as on another day: no cache, no worker, but signed in. */
async function fresh(browser: Browser, place: Place): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: place.url,
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
    viewport: { width: 1440, height: 900 },
  });
  const { email, password } = place;
  const answer = await context.request.post('/api/v1/session', { data: { email, password } });
  if (!answer.ok()) throw new Error(`sign in: ${answer.status()}`);
  return context;
}

interface Ticket {
  id: string;
  number: number;
  connection_id: string;
  contact: { phone: string };
  last_message: { id: string };
}

async function newest(context: BrowserContext, limit: number): Promise<Ticket[]> {
  const answer = await context.request.get(`/api/v1/tickets?status=open&limit=${limit}`);
  return ((await answer.json()) as { items: Ticket[] }).items;
}

const rowOf = (ticket: Ticket) => `a[data-ticket="${ticket.number}"]`;
const messageOf = (ticket: Ticket) => `[data-message="${ticket.last_message.id}"]`;

/** First row clickable, cold, on a processor a quarter as fast; what was loaded for it. */
async function firstLoad(browser: Browser, place: Place, report: Report): Promise<void> {
  const context = await fresh(browser, place);
  const [page, cdp] = await newPage(context);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const loads = new Map<string, { type: string; bytes: number }>();
  cdp.on('Network.responseReceived', (e) =>
    loads.set(e.requestId, {
      type: new URL(e.response.url).pathname.startsWith('/api/') ? 'api' : 'app',
      bytes: 0,
    }),
  );
  cdp.on('Network.loadingFinished', (e) => {
    const load = loads.get(e.requestId);
    if (load) load.bytes = e.encodedDataLength;
  });
  await page.goto('/atendimentos', { waitUntil: 'commit' });
  report.add('first_row_clickable.cold_4x', 'ms', await clickable(page, ROW), 1500);
  const app = [...loads.values()].filter((load) => load.type === 'app');
  report.add('first_load.requests', '', app.length);
  report.add('first_load.bytes', 'kB', app.reduce((sum, load) => sum + load.bytes, 0) / 1024, 350);
  report.add('first_load.api_requests', '', loads.size - app.length);
  await page.goto(place.empty, { waitUntil: 'commit' });
  report.baseline('first_row_clickable.cold_4x', await clickable(page, '.row'));
  await context.close();
}

/** From the click on a row to its newest message on the screen. */
async function switching(browser: Browser, place: Place, report: Report): Promise<void> {
  const context = await fresh(browser, place);
  const [page] = await newPage(context);
  const tickets = (await newest(context, 11)).slice(0, 10);
  await page.goto('/atendimentos');
  await clickable(page, ROW);
  const round = async () => {
    const times: number[] = [];
    for (const ticket of tickets) times.push(await clickToPaint(page, rowOf(ticket), messageOf(ticket)));
    return times.sort((a, b) => a - b);
  };
  const uncached = await round();
  const cached = await round();
  for (const [name, times, target] of [
    ['click_to_newest.uncached', uncached, 200],
    ['click_to_newest.cached', cached, 100],
  ] as const) {
    report.add(name, 'ms', times[times.length >> 1] ?? NaN, target);
    report.add(`${name}.worst`, 'ms', times.at(-1) ?? NaN);
  }
  await page.goto(place.empty);
  const empty: number[] = [];
  for (let i = 0; i < 10; i++) empty.push(await clickToPaint(page, '.row', 'textarea'));
  const middle = empty.sort((a, b) => a - b)[5] ?? NaN;
  report.baseline('click_to_newest.uncached', middle);
  report.baseline('click_to_newest.cached', middle);
  await context.close();
}

/** Scrolls the list until every ticket is loaded. */
async function loadAll(page: Page, count: number): Promise<void> {
  await page.evaluate(async (all) => {
    for (;;) {
      const list = document.querySelector('.rows.scroll');
      const rows = list?.querySelectorAll('li');
      const last = rows?.[rows.length - 1]?.getAttribute('aria-posinset');
      if (Number(last) >= all) return;
      if (list) list.scrollTop = list.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, count);
}

/** One step through the list with that key, until the conversation it leads to is there. */
async function step(page: Page, key: 'j' | 'k'): Promise<void> {
  const before = page.url();
  await page.keyboard.press(key);
  await page.waitForURL((url) => url.href !== before);
  await page.waitForFunction(
    () => {
      const wanted = document.querySelector('.tk.sel .nm')?.textContent ?? '?';
      const shown = document.querySelector('section.conv')?.getAttribute('aria-label') ?? '';
      return shown.endsWith(wanted) && document.querySelector('.tl [data-message]') !== null;
    },
    undefined,
    { timeout: 30_000 },
  );
}

/** Typing and moving through the list while everything is loaded. */
async function keys(browser: Browser, place: Place, report: Report): Promise<void> {
  const context = await fresh(browser, place);
  const [page] = await newPage(context);
  const [first] = await newest(context, 1);
  if (!first) throw new Error('no ticket');
  await page.goto(`/atendimentos/${place.long_ticket}`);
  await clickable(page, ROW);
  await loadAll(page, place.tickets);
  const field = page.locator('[data-composer]');
  await field.click();
  const typed = await keystrokes(page, () =>
    field.pressSequentially(
      'O sofá azul chega na quinta de manhã, se a transportadora confirmar hoje. '.repeat(2),
      {
        delay: 25,
      },
    ),
  );
  report.add('keydown_p98.typing_10000_rows', 'ms', typed, 50);
  await page.evaluate(() => document.querySelector('.rows.scroll')?.scrollTo(0, 0));
  await page.locator(rowOf(first)).click();
  const moved = await keystrokes(page, async () => {
    for (let i = 0; i < 40; i++) await step(page, 'j');
    for (let i = 0; i < 20; i++) await step(page, 'k');
  });
  report.add('keydown_p98.j_k_10000_rows', 'ms', moved, 50);
  await page.goto(place.empty);
  await page.locator('textarea').click();
  const empty = await keystrokes(page, () =>
    page.locator('textarea').pressSequentially('x'.repeat(150), { delay: 25 }),
  );
  report.baseline('keydown_p98.typing_10000_rows', empty);
  report.baseline('keydown_p98.j_k_10000_rows', empty);
  await context.close();
}

/** What is held after many tickets, and after some; with what an empty page holds. */
async function held(browser: Browser, place: Place) {
  const context = await fresh(browser, place);
  const [page, cdp] = await newPage(context);
  await page.goto(place.empty);
  const empty = await weigh(cdp);
  await page.goto('/atendimentos');
  await clickable(page, ROW);
  await loadAll(page, SWITCHES[1] + 30);
  await page.evaluate(() => document.querySelector('.rows.scroll')?.scrollTo(0, 0));
  const weights: Weight[] = [];
  for (let n = 1; n <= SWITCHES[1]; n++) {
    await step(page, 'j');
    if (n === SWITCHES[0] || n === SWITCHES[1]) weights.push(await weigh(cdp));
  }
  await context.close();
  const [some, many] = weights;
  if (!some || !many) throw new Error('too few switches');
  return { empty, some, many };
}

/**
 * Memory in a browser that compiles nothing: the machine code that V8 makes of
 * a page lies in the same heap and grows for as long as it optimises, whatever
 * the page holds. That of a usual browser stands beside it.
 */
async function memory(browser: Browser, place: Place, report: Report): Promise<void> {
  const options = journeys.use?.launchOptions;
  const interpreting = await browser
    .browserType()
    .launch({ ...options, args: [...(options?.args ?? []), '--js-flags=--jitless'] });
  const { empty, some, many } = await held(interpreting, place);
  await interpreting.close();
  report.add('memory.heap_500_over_100', '×', many.heap / some.heap, 1.1);
  report.add('memory.nodes_500_over_100', '×', many.nodes / some.nodes, 1.1);
  report.add('memory.listeners_500_over_100', '×', many.listeners / some.listeners);
  report.add('memory.heap_at_500', 'MB', many.heap / 1e6);
  report.baseline('memory.heap_at_500', empty.heap / 1e6);
  report.add('memory.nodes_at_500', '', many.nodes);
  report.baseline('memory.nodes_at_500', empty.nodes);
  const usual = await held(browser, place);
  report.add('memory.heap_500_over_100.with_code', '×', usual.many.heap / usual.some.heap);
}

/** A journey: cold, through lists and conversations, with news coming in. */
async function shifting(browser: Browser, place: Place, report: Report): Promise<void> {
  const context = await fresh(browser, place);
  const [page] = await newPage(context);
  const [first, second] = await newest(context, 2);
  if (!first || !second) throw new Error('no tickets');
  await page.goto('/atendimentos');
  await clickable(page, ROW);
  for (const ticket of [first, second]) {
    await page.locator(rowOf(ticket)).click();
    await page.locator(messageOf(ticket)).waitFor();
    await place.write(ticket.connection_id, ticket.contact.phone.replace('+', ''), `Cheguei ${Date.now()}`);
    await page.locator('[data-message]').filter({ hasText: 'Cheguei' }).last().waitFor();
  }
  await page.goto(`/atendimentos/${place.long_ticket}`);
  await page.locator('[data-message]').first().waitFor();
  await page.locator('.tl').hover();
  for (let i = 0; i < 30; i++) {
    await page.mouse.wheel(0, -700);
    await page.evaluate(() => window.bench.painted(() => true));
  }
  for (const path of ['/contatos', '/modelos', '/conexoes', '/equipe', '/configuracoes', '/atendimentos']) {
    await page.locator(`nav a[href="${path}"]`).first().click();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    for (let i = 0; i < 20; i++) await page.evaluate(() => window.bench.painted(() => true));
  }
  const { cls, sum } = await shifts(page);
  report.add('layout_shift.journey', '', cls, 0.05);
  report.add('layout_shift.sum_with_own_doing', '', sum);
  await context.close();
}

const measures = { firstLoad, switching, keys, memory, shifting };

test('the web app, measured', async ({ browser }) => {
  const place = await open();
  const report = new Report();
  try {
    for (const [name, measure] of Object.entries(measures)) {
      if (WANTED && !WANTED.includes(name)) continue;
      for (let i = 0; i < ROUNDS; i++) {
        console.log(`${name}, round ${i + 1} of ${ROUNDS}`);
        await measure(browser, place, report);
      }
    }
  } finally {
    await place.close();
  }
  report.save(out);
  console.log(`\n${report.print()}\n\n${out}`);
});
