import { deflateSync } from 'node:zlib';
import { expect, request, type APIRequestContext } from '@playwright/test';
import { password, people, type Person } from './desk';

// A long conversation of mixed height, made through the simulator: the customer
// writes, sends photos and stickers; the agent answers and sends templates.

const STICKER = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');

/** A plain PNG of that size. */
export function photo(width: number, height: number, shade = 120): Buffer {
  const row = Buffer.alloc(1 + width * 3, shade);
  row[0] = 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const part = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    part('IHDR', header),
    part('IDAT', pixels),
    part('IEND', Buffer.alloc(0)),
  ]);
}

function crc(data: Buffer): number {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

const WORDS =
  'o sofá azul chega na quinta de manhã se a transportadora confirmar ainda hoje o endereço'.split(' ');
/** Texts of one line up to a dozen, some with line breaks. */
export function text(n: number): string {
  const length = [3, 9, 24, 5, 60, 14, 110, 2][n % 8] ?? 5;
  const words = Array.from({ length }, (_, i) => WORDS[(n * 7 + i) % WORDS.length]);
  return `Nº ${n}: ${words.join(n % 5 === 4 ? '\n' : ' ')}`.slice(0, 1200);
}

const SHAPES: [number, number][] = [
  [600, 400],
  [300, 900],
  [500, 500],
];

export class Talk {
  private constructor(
    private readonly agent: APIRequestContext,
    private readonly phones: APIRequestContext,
    readonly name: string,
    readonly chat: string,
    readonly ticket: string,
  ) {}

  static async begin(url: string, name: string, agent: Person): Promise<Talk> {
    const [desk, phones] = await Promise.all([signIn(url, agent), signIn(url, 'elisa')]);
    const chat = await firstWords(phones, await shop(phones), name, String(Date.now()).slice(-8));
    const ticket = await found(desk, name);
    await ask(desk, 'post', `/tickets/${ticket}/accept`, {});
    return new Talk(desk, phones, name, chat, ticket);
  }

  /** Many customers who write once, in that order. */
  static async crowd(url: string, names: string[]): Promise<void> {
    const phones = await signIn(url, 'elisa');
    const line = await shop(phones);
    for (const [i, name] of names.entries()) await firstWords(phones, line, name, `8${1_000_000 + i}`);
    await found(phones, names.at(-1) ?? '');
    await phones.dispose();
  }

  /** Writes messages from … to of the mixed kind and waits until the desk has them. */
  async go(from: number, to: number): Promise<void> {
    for (let n = from; n < to; n++) await this.one(n);
    await expect.poll(() => this.newest()).toContain(`Nº ${to}`);
  }

  private async one(n: number): Promise<void> {
    const shape = SHAPES[n % SHAPES.length] ?? [500, 500];
    if (n % 11 === 3) await this.file('image', photo(...shape, 90 + (n % 100)), 'image/png', `Nº ${n}: foto`);
    else if (n % 17 === 5) await this.file('sticker', STICKER, 'image/webp');
    else if (n % 13 === 7) await this.template();
    else if (n % 6 === 1) await this.answer(text(n));
    else await this.write(text(n));
    if (n % 25 === 0) await this.write(`Nº ${n + 1}`);
  }

  write = (body: string) => this.customer({ type: 'text', body });
  customer = (message: object) =>
    ask<{ provider_id: string }>(this.phones, 'post', `/sandbox/chats/${this.chat}/messages`, message);
  set = (switches: object) => ask(this.phones, 'patch', `/sandbox/chats/${this.chat}`, switches);

  async file(type: string, buffer: Buffer, mimeType: string, body = ''): Promise<void> {
    const name = type === 'sticker' ? 'figurinha.webp' : 'foto.png';
    const upload = await this.phones.post('/api/v1/media', {
      multipart: { kind: type, file: { name, mimeType, buffer } },
    });
    if (!upload.ok()) throw new Error(`upload: ${upload.status()} ${await upload.text()}`);
    const { id } = (await upload.json()) as { id: string };
    await this.customer({ type, media_id: id, body });
  }

  answer = (body: string) => this.send({ type: 'text', body });
  private send = (message: object) =>
    ask<{ id: string }>(this.agent, 'post', `/tickets/${this.ticket}/messages`, message);

  private async template(): Promise<void> {
    const { items } = await ask<{ items: { id: string; name: string }[] }>(
      this.agent,
      'get',
      '/templates?limit=100',
    );
    const values = ['Olívia', 'quinta, 26', '13h e 17h'].map((words, i) => ({
      component: 'body',
      name: String(i + 1),
      text: words,
    }));
    const template = { id: items.find((one) => one.name === 'montagem_marcada')?.id, values };
    await this.send({ type: 'template', template });
  }

  /** The agent has seen everything. */
  seen = () => ask(this.agent, 'post', `/tickets/${this.ticket}/seen`, {});

  async newest(): Promise<string> {
    const { items } = await this.timeline('');
    return items.map((item) => item.message?.body ?? '').join(' | ');
  }

  /** The ids of all messages, in the order of the desk. */
  async ids(): Promise<string[]> {
    const ids: string[] = [];
    for (let before: string | null = ''; before !== null;) {
      const page = await this.timeline(`?limit=100${before && `&before=${encodeURIComponent(before)}`}`);
      ids.unshift(...page.items.flatMap(({ message }) => message?.id ?? []));
      before = page.before;
    }
    return ids;
  }

  timeline = (query: string) =>
    ask<{ items: { message?: { id: string; body: string; direction: string } }[]; before: string | null }>(
      this.agent,
      'get',
      `/tickets/${this.ticket}/timeline${query}`,
    );

  async end(): Promise<void> {
    await this.agent.dispose();
    await this.phones.dispose();
  }
}

async function signIn(url: string, who: Person): Promise<APIRequestContext> {
  const api = await request.newContext({ baseURL: url });
  await api.post('/api/v1/session', { data: { email: people[who], password } });
  return api;
}

async function ask<T>(
  api: APIRequestContext,
  method: 'get' | 'post' | 'patch',
  path: string,
  data?: object,
): Promise<T> {
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const answer = await api[method](`/api/v1${path}`, data ? { data, headers } : {});
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return (answer.status() === 204 ? undefined : await answer.json()) as T;
}

/** The demo's shop number. */
async function shop(phones: APIRequestContext): Promise<string> {
  const { items } = await ask<{ items: { connection_id: string; name: string }[] }>(
    phones,
    'get',
    '/sandbox/connections',
  );
  return items.find((line) => line.name === 'WhatsApp Loja')?.connection_id ?? '';
}

/** A new customer writes; returns the chat on her phone. */
async function firstWords(
  phones: APIRequestContext,
  line: string,
  name: string,
  digits: string,
): Promise<string> {
  const chat = await ask<{ id: string }>(phones, 'post', '/sandbox/chats', {
    connection_id: line,
    name,
    phone: `55418${digits}`,
  });
  await ask(phones, 'post', `/sandbox/chats/${chat.id}/messages`, { body: text(0) });
  return chat.id;
}

/** The ticket that the customer's first message made. */
async function found(api: APIRequestContext, name: string): Promise<string> {
  let id = '';
  await expect
    .poll(async () => {
      const { items } = await ask<{ items: { id: string; contact: { name: string } }[] }>(
        api,
        'get',
        '/tickets?status=pending&limit=100',
      );
      id = items.find((ticket) => ticket.contact.name === name)?.id ?? '';
      return id;
    })
    .not.toBe('');
  return id;
}
