import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { enter, expect, test as base, withoutWorker } from './desk';
import { start } from './program';
import { Talk } from './talk';

const MANY = 75;

// A program of its own: seventy-five pending tickets would be in the others' way.
const test = base.extend<object, { desk: string }>({
  desk: [
    async ({}, use) => {
      const data = mkdtempSync(join(tmpdir(), 'prosa-list-'));
      cpSync(process.env.PROSA_SEED ?? '', data, { recursive: true });
      const program = await start(data);
      await Talk.crowd(
        program.url,
        Array.from({ length: MANY }, (_, i) => `Cliente ${String(i + 1).padStart(2, '0')}`),
      );
      await use(program.url);
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

test.use(withoutWorker);

const rows = (page: Page) => page.locator('.rows.scroll');
const items = (page: Page) => page.getByRole('list', { name: 'Pendentes' }).getByRole('listitem');

/** Scrolls until the list has nothing more to load; returns every place that was seen. */
async function toTheEnd(page: Page): Promise<Set<string>> {
  const seen = new Set<string>();
  await expect
    .poll(
      async () => {
        for (const place of await items(page).evaluateAll((list) =>
          list.map((li) => `${li.getAttribute('aria-posinset')} ${li.querySelector('.nm')?.textContent}`),
        ))
          seen.add(place);
        return rows(page).evaluate((list) => {
          list.scrollBy(0, 400);
          return list.scrollHeight - list.scrollTop - list.clientHeight < 1 && !list.querySelector('.more');
        });
      },
      { intervals: [30], timeout: 20_000 },
    )
    .toBe(true);
  return seen;
}

test('the list loads itself to its end, and says where each row stands', async ({ page }) => {
  const sizes = new Set<string>();
  page.on('request', (asked) => {
    const url = new URL(asked.url());
    if (url.pathname === '/api/v1/tickets' && url.searchParams.get('status') === 'pending')
      sizes.add(url.searchParams.get('cursor') ?? 'first');
  });
  await enter(page, 'elisa', '/atendimentos?tab=pending');
  await expect(items(page).first()).toHaveAttribute('aria-posinset', '1');
  await expect(items(page).first()).toHaveAttribute('aria-setsize', '-1');
  await expect(page.getByRole('button', { name: 'Carregar mais conversas' })).toBeAttached();
  expect(await items(page).count()).toBeLessThan(40);

  const seen = await toTheEnd(page);
  await expect(page.getByRole('button', { name: 'Carregar mais conversas' })).toHaveCount(0);
  await expect(items(page).last()).toContainText(`Cliente ${MANY}`);
  const all = Number(await items(page).last().getAttribute('aria-posinset'));
  await expect(items(page).first()).toHaveAttribute('aria-setsize', String(all));
  await expect(page.getByRole('link', { name: /^Pendentes/ })).toContainText(String(all));
  // Every row once, in one unbroken order; of them only those near the window are there.
  expect(new Set([...seen].map((place) => place.split(' ')[0])).size).toBe(all);
  expect(seen.size).toBe(all);
  expect(sizes.size).toBe(Math.ceil(all / 30));
  expect(await items(page).count()).toBeLessThan(40);
});

test('the row with the focus stays, however far the list is scrolled', async ({ page }) => {
  await enter(page, 'elisa', '/atendimentos?tab=pending');
  const link = items(page).nth(2).getByRole('link');
  await link.focus();
  const name = await link.locator('.nm').innerText();
  const next = await items(page).nth(3).locator('.nm').innerText();
  await toTheEnd(page);
  await expect(items(page).nth(3)).not.toHaveAttribute('aria-posinset', '4');
  const focused = page.locator(':focus');
  await expect(focused).toContainText(name);
  await expect(focused).not.toBeInViewport();
  // From there the keyboard goes on where it was.
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText(new RegExp(`Aceitar.*${name}`));
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus .nm')).toHaveText(next);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: `Conversa com ${name}` })).toBeVisible();
});

test('a key right behind j never reaches the conversation that is left', async ({ page }) => {
  await enter(page, 'elisa', '/atendimentos?tab=pending');
  const left = await items(page).first().locator('.nm').innerText();
  for (let i = 0; i < 5; i++) {
    await page.goto('/atendimentos?tab=pending');
    await items(page).first().getByRole('link').click();
    const conversation = page.getByRole('region', { name: `Conversa com ${left}` });
    await expect(conversation.locator('[data-message]').last()).toBeVisible();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await expect(conversation).toHaveCount(0);
    await expect(page.locator('section.conv [data-message]').last()).toBeVisible();
  }
  await page.goto('/atendimentos?tab=pending');
  await expect(items(page).first().locator('.nm')).toHaveText(left);
});
