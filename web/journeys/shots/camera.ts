import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, request, type APIRequestContext, type Page } from '@playwright/test';
import { Customer, enter, password, people, row, type Person } from '../desk';
import { start } from '../program';

export { expect, row };

export interface Stage {
  page: Page;
  url: string;
  phone: boolean;
  customer: Customer;
  /** The administrator's hand, for what a picture needs beforehand. */
  api: APIRequestContext;
  shot: (name: string) => Promise<void>;
  enter: (who: Person, path?: string) => Promise<void>;
  talk: (name: string) => Promise<void>;
}

/** Waits until nothing loads any more, then takes the picture. */
async function take(page: Page, name: string): Promise<void> {
  await expect(page.locator('.sk, .spin, [aria-busy=true]')).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(
      Array.from(document.images, (image) => image.complete || image.decode().catch(() => undefined)),
    );
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
  await page.screenshot({ path: `shots/${name}.png`, animations: 'disabled' });
}

/** Opens a conversation of the list and waits for its newest message. */
async function talk(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole('link').click();
  await expect(page.locator('[data-message]').last()).toBeVisible();
  await page.mouse.move(0, 0);
}

// Every tour has a program of its own, so that no picture depends on another.
const test = base.extend<{ url: string }>({
  url: async ({}, use, info) => {
    const empty = info.title.includes('empty installation');
    const data = mkdtempSync(join(tmpdir(), 'prosa-shots-'));
    if (!empty) cpSync(process.env.PROSA_SEED ?? '', data, { recursive: true });
    const program = await start(data, empty ? [] : ['--demo']);
    await use(program.url);
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  },
  baseURL: async ({ url }, use) => use(url),
});

const devices = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

async function staff(url: string): Promise<{ api: APIRequestContext; customer: Customer }> {
  const api = await request.newContext({ baseURL: url });
  await api.post('/api/v1/session', { data: { email: people.elisa, password } });
  const answer = await api.get('/api/v1/sandbox/connections');
  const { items } = answer.ok()
    ? ((await answer.json()) as { items: { connection_id: string; name: string }[] })
    : { items: [] };
  return {
    api,
    customer: new Customer(api, items.find((c) => c.name === 'WhatsApp Loja')?.connection_id ?? ''),
  };
}

/** The mock's phone pictures start with 07-phone; the others end with it. */
const pictureName = (name: string, device: 'desk' | 'phone') =>
  device === 'phone' && !name.startsWith('07-phone') ? `${name}-phone` : name;

/** A walk through screens, once for every device and theme. */
export function tour(name: string, on: ('desk' | 'phone')[], walk: (stage: Stage) => Promise<void>): void {
  for (const device of on)
    for (const theme of ['light', 'dark'] as const)
      test.describe(`${name} ${device} ${theme}`, () => {
        test.use({ ...devices[device], colorScheme: theme, reducedMotion: 'reduce' } as object);
        test(name, async ({ page, url }) => {
          test.setTimeout(120_000);
          const { api, customer } = await staff(url);
          const dark = theme === 'dark' ? '-dark' : '';
          await walk({
            page,
            url,
            phone: device === 'phone',
            customer,
            api,
            shot: (picture) => take(page, pictureName(picture, device) + dark),
            enter: (who, path) => enter(page, who, path),
            talk: (whom) => talk(page, whom),
          });
          await api.dispose();
        });
      });
}

export const both: ('desk' | 'phone')[] = ['desk', 'phone'];
