import type { Page } from '@playwright/test';
import { bubble, composer, enter, expect, test as base, withoutWorker } from './desk';
import { follow, moved } from './painted';
import { photo, Talk, text } from './talk';

// The timeline holds still: whatever arrives, grows or loads, the first message
// in view stays where it is, in every painted frame.

const LENGTH = 150;

const test = base.extend<object, { talk: Talk }>({
  talk: [
    async ({ desk }, use) => {
      const talk = await Talk.begin(desk, 'Otília Bastos', 'ana');
      await talk.go(1, LENGTH + 1);
      await talk.seen();
      await use(talk);
      await talk.end();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

test.use(withoutWorker);

const timeline = (page: Page) => page.getByRole('region', { name: 'Mensagens', exact: true });
const line = (page: Page) => page.locator('.tl .new');
const height = (page: Page) => page.evaluate(() => document.querySelector('.tlist')?.clientHeight ?? 0);
const toEnd = (page: Page) => page.getByRole('button', { name: 'Ir para a última mensagem' });
const below = (page: Page) =>
  page.evaluate(() => {
    const scroller = document.querySelector('.tl');
    return scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : NaN;
  });

async function open(page: Page, talk: Talk): Promise<void> {
  await talk.seen();
  await enter(page, 'ana', `/atendimentos/${talk.ticket}`);
  await expect(page.locator('[data-message]').first()).toBeVisible();
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
}

/** Turns the wheel and waits until the page has come to rest. */
async function wheel(page: Page, by: number): Promise<void> {
  await timeline(page).hover();
  await page.mouse.wheel(0, by);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const scroller = document.querySelector('.tl');
        let at = NaN;
        let still = 0;
        const look = () => {
          still = scroller?.scrollTop === at ? still + 1 : 0;
          at = scroller?.scrollTop ?? NaN;
          if (still > 15) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** Stops requests that match until they are let go. */
async function hold(page: Page, url: string): Promise<() => void> {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

test('a page of older messages comes in above without moving the text', async ({ page, talk }) => {
  await open(page, talk);
  const release = await hold(page, '**/timeline?before=*');
  const before = await height(page);
  await wheel(page, -60_000);
  await follow(page);
  release();
  await expect.poll(() => height(page)).toBeGreaterThan(before + 2000);
  expect(await moved(page)).toBeLessThanOrEqual(1);
});

test('pictures above load without moving the text', async ({ page, talk }) => {
  const release = await hold(page, '**/api/v1/media/**');
  await open(page, talk);
  const pictures = page.locator('.tl .picture img');
  await wheel(page, -2500);
  // Down past a picture, so that one that is still without its bytes stands above.
  await expect.poll(() => pictures.count()).toBeGreaterThan(0);
  await pictures.first().evaluate((img) => {
    const scroller = img.closest('.tl');
    const gone = img.getBoundingClientRect().bottom - (scroller?.getBoundingClientRect().top ?? 0);
    scroller?.scrollBy(0, gone + 40);
  });
  await wheel(page, 0);
  const above = () =>
    pictures.evaluateAll((list) => {
      const top = list[0]?.closest('.tl')?.getBoundingClientRect().top ?? 0;
      return list
        .filter((img) => img.getBoundingClientRect().bottom < top)
        .map((img) => (img as HTMLImageElement).naturalWidth > 0);
    });
  expect(await above()).toContain(false);
  await follow(page);
  release();
  await expect.poll(above).not.toContain(false);
  expect(await moved(page)).toBeLessThanOrEqual(1);
});

test('a photo whose size becomes known above does not move the text', async ({ page, talk, customer }) => {
  await customer.faults([{ kind: 'server_error', on: 'media' }]);
  try {
    await open(page, talk);
    await talk.file('image', photo(300, 800), 'image/png', 'Foto que demora');
    for (let n = 0; n < 8; n++) await talk.write(text(n * 8 + 6));
    const late = bubble(page, 'Foto que demora');
    await expect.poll(() => talk.newest()).toContain('Foto que demora');
    await expect(late.locator('.phsk')).toBeVisible();
    await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
    await late.evaluate((message) => {
      const scroller = message.closest('.tl');
      const gone = message.getBoundingClientRect().bottom - (scroller?.getBoundingClientRect().top ?? 0);
      scroller?.scrollBy(0, gone + 20);
    });
    await wheel(page, 0);
    expect(await below(page)).toBeGreaterThan(100);
    await expect(late.locator('.phsk')).toHaveCount(1);
    await follow(page);
    await customer.faults([]);
    await expect(late.locator('.picture img')).toHaveCount(1, { timeout: 20_000 });
    expect(await moved(page)).toBeLessThanOrEqual(1);
  } finally {
    await customer.faults([]);
  }
});

test('while she reads above, what arrives waits below with a mark and a way there', async ({
  page,
  talk,
}) => {
  await open(page, talk);
  await wheel(page, -3000);
  await follow(page);
  await talk.write('Chegou enquanto ela lia');
  await expect(toEnd(page).locator('.count')).toHaveText('1');
  await talk.write('E mais esta');
  await expect(toEnd(page).locator('.count')).toHaveText('2');
  expect(await moved(page)).toBeLessThanOrEqual(1);
  await toEnd(page).click();
  await expect(bubble(page, 'E mais esta')).toBeInViewport({ ratio: 1 });
  await expect(line(page)).toHaveText('2 mensagens novas');
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
  await expect(toEnd(page)).toBeHidden();
});

test('at the end, what arrives is followed, and what grows stays whole', async ({ page, talk, customer }) => {
  await open(page, talk);
  await talk.write(text(6));
  await talk.file('image', photo(300, 900), 'image/png', 'Foto do canto');
  await expect(bubble(page, 'Foto do canto').last()).toBeInViewport();
  await expect(bubble(page, 'Foto do canto').last().locator('img')).toBeVisible();
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
  await customer.faults([{ kind: 'fail', code: 131026, count: 1 }]);
  await talk.answer('Esta não chega');
  const failed = bubble(page, 'Esta não chega').last();
  await expect(failed).toHaveAttribute('data-status', 'failed');
  await expect(failed).toBeInViewport({ ratio: 1 });
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
  await expect(line(page)).toHaveCount(0);
});

test('what she sends stands at once and stays the same bubble until it is delivered', async ({
  page,
  talk,
}) => {
  await open(page, talk);
  const release = await hold(page, '**/api/v1/tickets/*/messages');
  await composer(page).fill('Já está na tela');
  await composer(page).press('Enter');
  const sent = bubble(page, 'Já está na tela');
  await expect(sent).toHaveAttribute('data-status', 'sending');
  await expect(sent).toBeInViewport({ ratio: 1 });
  const element = await sent.elementHandle();
  await follow(page);
  release();
  await expect(sent).toHaveAttribute('data-status', /delivered|read/);
  expect(await moved(page)).toBeLessThanOrEqual(1);
  expect(await element?.evaluate((node) => node.isConnected)).toBe(true);
  await expect(sent).toHaveCount(1);
});

test('ticks and reactions move nothing', async ({ page, talk }) => {
  await talk.set({ delivery: false });
  await talk.answer('Com um tique só');
  await open(page, talk);
  const ticked = bubble(page, 'Com um tique só').last();
  await expect(ticked).toHaveAttribute('data-status', 'sent');
  await follow(page);
  await talk.set({ delivery: true });
  await expect(ticked).toHaveAttribute('data-status', 'delivered');
  expect(await moved(page)).toBeLessThanOrEqual(1);

  // A reaction to a message that has just left the screen upwards.
  const sight = await talk.customer({ type: 'text', body: 'Vou reagir a esta' });
  for (let n = 0; n < 6; n++) await talk.write(text(n * 8 + 6));
  const reacted = bubble(page, 'Vou reagir a esta').last();
  await expect(bubble(page, text(46)).last()).toBeInViewport();
  await wheel(page, -400);
  await reacted.evaluate((message) => {
    const scroller = message.closest('.tl');
    const gone = message.getBoundingClientRect().bottom - (scroller?.getBoundingClientRect().top ?? 0);
    scroller?.scrollBy(0, gone + 20);
  });
  await wheel(page, 0);
  await follow(page);
  await talk.customer({ type: 'reaction', emoji: '👍', target: sight.provider_id });
  await expect(reacted.locator('.rx')).toHaveCount(1);
  expect(await moved(page)).toBeLessThanOrEqual(1);
});

test('another width of the window leaves the first message where it is', async ({ page, talk }) => {
  await open(page, talk);
  await page.setViewportSize({ width: 1240, height: 700 });
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
  await wheel(page, -3000);
  await follow(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1440);
  expect(await moved(page)).toBeLessThanOrEqual(1);
  await follow(page);
  await page.setViewportSize({ width: 1210, height: 640 });
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1210);
  expect(await moved(page)).toBeLessThanOrEqual(1);
});

test('a search hit opens in the middle, and what is newer comes in below', async ({ page, talk }) => {
  await enter(page, 'ana');
  await page.getByRole('searchbox', { name: 'Buscar' }).fill('Nº 40');
  const hits = page.getByRole('region', { name: 'Resultados' });
  await hits.getByRole('link').filter({ hasText: 'Nº 40' }).first().click();
  const hit = page.locator('.msg.marked');
  await expect(hit).toContainText('Nº 40');
  await expect(hit).toBeInViewport({ ratio: 1 });
  await follow(page);
  expect(await moved(page)).toBeLessThanOrEqual(1);
  await expect(toEnd(page)).toBeVisible();
  const release = await hold(page, '**/timeline?after=*');
  const before = await height(page);
  await wheel(page, 60_000);
  await follow(page);
  release();
  await expect.poll(() => height(page)).toBeGreaterThan(before + 1000);
  expect(await moved(page)).toBeLessThanOrEqual(1);
  await toEnd(page).click();
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
  await expect.poll(() => page.locator('[data-message]').last().innerText()).not.toContain('Nº 40');
  // The same hit once more: whatever is loaded by now, she is led back to it.
  await hits.getByRole('link').filter({ hasText: 'Nº 40' }).first().click();
  await expect(hit).toContainText('Nº 40');
  await expect(hit).toBeInViewport({ ratio: 1 });
  await page.goBack();
  await expect(page.locator('section.conv')).not.toContainText('Nº 40');
  void talk;
});

test('an older page that comes after a search hit was gone to is not joined to it', async ({
  page,
  talk,
}) => {
  await open(page, talk);
  const release = await hold(page, '**/timeline?before=*');
  const older = page.waitForResponse((answer) => answer.url().includes('/timeline?before='));
  await wheel(page, -60_000);
  await page.getByRole('searchbox', { name: 'Buscar' }).fill('Nº 18');
  const hits = page.getByRole('region', { name: 'Resultados' });
  await hits.getByRole('link').filter({ hasText: 'Nº 18:' }).first().click();
  await expect(page.locator('.msg.marked')).toBeInViewport({ ratio: 1 });
  release();
  await (await older).finished();
  await wheel(page, -60_000);
  const shown = await page
    .locator('.tl [data-message]')
    .evaluateAll((list) => list.map((one) => one.getAttribute('data-message')));
  const all = await talk.ids();
  expect(shown.length).toBeGreaterThan(5);
  expect(all.indexOf(shown[0] ?? '')).toBeLessThanOrEqual(3);
  expect(shown).toEqual(all.slice(all.indexOf(shown[0] ?? '')).slice(0, shown.length));
});

test('many unread messages open at the first of them', async ({ page, talk }) => {
  await open(page, talk);
  await page.goto('/contatos');
  await expect(page.getByRole('navigation', { name: 'Principal' })).toBeVisible();
  for (let n = 0; n < 60; n++) await talk.write(`Não lida ${n + 1}: ${text(n)}`);
  await expect.poll(() => talk.newest()).toContain('Não lida 60');
  await page.goto(`/atendimentos/${talk.ticket}`);
  await expect(bubble(page, 'Não lida 1:')).toBeInViewport({ ratio: 1 });
  await expect(line(page)).toHaveText('60 mensagens novas');
  await expect(line(page)).toBeInViewport();
  await follow(page);
  expect(await moved(page)).toBeLessThanOrEqual(1);
  await expect(toEnd(page).locator('.count')).toHaveText('60');
  await toEnd(page).click();
  await expect(bubble(page, 'Não lida 60:')).toBeInViewport();
  await expect.poll(() => below(page)).toBeLessThanOrEqual(1);
});
