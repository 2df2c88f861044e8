import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  test as base,
  expect,
  request,
  type APIRequestContext,
  type BrowserContext,
  type Locator,
  type Page,
} from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';
import { start } from './program';

export { expect };

export const people = {
  elisa: 'elisa.prado@auroramoveis.example',
  fabio: 'fabio.mendes@auroramoveis.example',
  ana: 'ana.ribeiro@auroramoveis.example',
  bruno: 'bruno.tavares@auroramoveis.example',
  camila: 'camila.duarte@auroramoveis.example',
  diego: 'diego.nunes@auroramoveis.example',
} as const;
export type Person = keyof typeof people;
export const password = 'aurora-demo';

interface Guarded {
  /** What the browser complained about; a journey ends with none. */
  complaints: string[];
}

interface Fixtures extends Guarded {
  page: Page;
  customer: Customer;
}

/** Watches a page: errors, refused styles and scripts, requests to other hosts. */
export async function guard(page: Page, url: string, complaints: string[]): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`),
    );
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('request', (asked) => {
    const to = asked.url();
    if (/^https?:/.test(to) && !to.startsWith(url)) complaints.push(`request to ${to}`);
  });
}

/** The customer's phone, by the simulator's API. */
export class Customer {
  constructor(
    private readonly api: APIRequestContext,
    private readonly connection: string,
  ) {}

  private async json<T>(method: 'get' | 'post' | 'put' | 'patch', path: string, data?: unknown): Promise<T> {
    const answer = await this.api[method](`/api/v1/sandbox${path}`, data === undefined ? {} : { data });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return (answer.status() === 204 ? undefined : await answer.json()) as T;
  }

  async chat(name: string): Promise<string> {
    const phone = `55419${String(Date.now()).slice(-8)}`;
    return (
      await this.json<{ id: string }>('post', '/chats', { connection_id: this.connection, name, phone })
    ).id;
  }

  /** By the last eight digits of a number: what stays the same however it is written. */
  async find(phone: string): Promise<string> {
    const { items } = await this.json<{ items: { id: string; phone: string }[] }>('get', '/chats?limit=100');
    const chat = items.find((c) => c.phone.endsWith(phone.slice(-8)));
    if (!chat) throw new Error(`no chat of ${phone}`);
    return chat.id;
  }

  write = (chat: string, body: string) =>
    this.json<{ provider_id: string }>('post', `/chats/${chat}/messages`, { type: 'text', body });
  send = (chat: string, message: object) =>
    this.json<{ provider_id: string }>('post', `/chats/${chat}/messages`, message);
  age = (chat: string, by: { minutes?: number; left?: number }) =>
    this.json('post', `/chats/${chat}/age`, by);
  set = (chat: string, switches: object) => this.json('patch', `/chats/${chat}`, switches);
  faults = (faults: object[]) => this.json('put', `/connections/${this.connection}/faults`, { faults });

  async messages(chat: string) {
    const { items } = await this.json<{
      items: {
        direction: string;
        provider_id: string;
        view: { type: string; body?: string; buttons?: { text: string }[] };
      }[];
    }>('get', `/chats/${chat}/messages?limit=100`);
    return items.reverse();
  }

  /** Waits until the phone shows the text. */
  async sees(chat: string, text: string): Promise<string> {
    let id = '';
    await expect
      .poll(
        async () => {
          id =
            (await this.messages(chat)).find((m) => m.direction === 'out' && m.view.body?.includes(text))
              ?.provider_id ?? '';
          return id !== '';
        },
        { message: `the phone shows ${text}` },
      )
      .toBe(true);
    return id;
  }
}

export const test = base.extend<Fixtures, { desk: string }>({
  desk: [
    async ({}, use) => {
      const data = mkdtempSync(join(tmpdir(), 'prosa-desk-'));
      cpSync(process.env.PROSA_SEED ?? '', data, { recursive: true });
      const program = await start(data);
      await use(program.url);
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ desk }, use) => use(desk),
  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints).toEqual([]);
  },
  page: async ({ page, desk, complaints }, use) => {
    await guard(page, desk, complaints);
    await use(page);
  },
  customer: async ({ desk }, use) => {
    const api = await request.newContext({ baseURL: desk });
    await api.post('/api/v1/session', { data: { email: people.elisa, password } });
    const { items } = (await (await api.get('/api/v1/sandbox/connections')).json()) as {
      items: { connection_id: string; name: string }[];
    };
    const shop = items.find((c) => c.name === 'WhatsApp Loja');
    const customer = new Customer(api, shop?.connection_id ?? '');
    await use(customer);
    await api.dispose();
  },
});

/** Signs in by the API and opens a page of the app. */
export async function enter(page: Page, who: Person, path = '/atendimentos'): Promise<void> {
  const answer = await page.request.post('/api/v1/session', { data: { email: people[who], password } });
  expect(answer.status()).toBe(201);
  await page.goto(path);
  await expect(page.getByRole('navigation', { name: 'Principal' })).toBeVisible();
}

/**
 * For journeys that hold up or count requests: those of a page that the service
 * worker has taken over pass by unseen.
 */
export const withoutWorker = { serviceWorkers: 'block' } as const;

/** Another person beside the first, in a window of her own. */
export async function beside(
  context: BrowserContext,
  who: Person,
  complaints: string[],
  url: string,
): Promise<Page> {
  const other = await context.browser()?.newContext({
    baseURL: url,
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
    viewport: { width: 1440, height: 900 },
  });
  if (!other) throw new Error('no browser');
  const page = await other.newPage();
  await guard(page, url, complaints);
  await enter(page, who);
  return page;
}

/** Another tab of the same browser, watched like the first. */
export async function tab(page: Page, complaints: string[], path: string): Promise<Page> {
  const url = new URL(page.url()).origin;
  const other = await page.context().newPage();
  await guard(other, url, complaints);
  await other.goto(`${url}${path}`);
  return other;
}

/** A customer writes, the agent accepts: the conversation is on her screen. */
export async function accepted(page: Page, customer: Customer, name: string, who: Person = 'ana') {
  const chat = await customer.chat(name);
  await customer.write(chat, 'Oi!');
  await enter(page, who, '/atendimentos?tab=pending');
  await row(page, name).hover();
  await row(page, name).getByRole('button', { name: 'Aceitar' }).click();
  await expect(composer(page)).toBeVisible();
  return chat;
}

/** Chooses an entry of one of the product's selects. */
export async function choose(within: Page | Locator, label: string | RegExp, option: string | RegExp) {
  const page = 'page' in within ? within.page() : within;
  await within.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
  await expect(page.getByRole('listbox', { name: label })).toHaveCount(0);
}

/** One more entry in a select that takes several. */
export async function add(within: Locator, label: string, option: string) {
  const field = within.getByRole('combobox', { name: label });
  await field.click();
  await within.page().getByRole('option', { name: option }).click();
  await field.press('Tab');
  await expect(within.page().getByRole('listbox', { name: label })).toHaveCount(0);
}

/** Moves a switch by its words, as people do. */
export async function turn(within: Page | Locator, name: string, on: boolean) {
  const control = within.getByRole('switch', { name });
  await expect(control).toBeChecked({ checked: !on });
  await within.locator('label').filter({ hasText: name }).click();
  await expect(control).toBeChecked({ checked: on });
}

export const row = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Lista de atendimentos' }).getByRole('listitem').filter({ hasText: name });
export const bubble = (page: Page, text: string) => page.locator('[data-message]').filter({ hasText: text });
export const composer = (page: Page) => page.locator('[data-composer]');

/** Nothing for axe to say. A menu stands beside the page, outside its landmarks. */
export async function clean(page: Page, { region = true } = {}): Promise<void> {
  const found = await new AxeBuilder({ page })
    .options({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      rules: { region: { enabled: region } },
    })
    .analyze();
  expect(
    found.violations.map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => n.target.join(' '))
          .slice(0, 3)
          .join(' | ')}`,
    ),
  ).toEqual([]);
}
