import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deliver } from '../journeys/meta';
import { start } from '../journeys/program';

/** What `go run ./bench -desk` tells of the data it wrote. */
interface Facts {
  data_dir: string;
  secret_key: string;
  email: string;
  password: string;
  long_ticket: string;
  long_messages: number;
  tickets: number;
  app_secret: string;
  waba_id: string;
  lines: { id: string; hook: string; phone_id: string; display: string }[];
}

export interface Place extends Facts {
  url: string;
  /** An empty page of another server: what the browser alone takes. */
  empty: string;
  /** A customer writes, by a signed webhook. */
  write: (line: string, phone: string, body: string) => Promise<void>;
  close: () => Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

async function build(dir: string): Promise<Facts> {
  const go = spawn('go', ['run', './bench', '-desk', dir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  go.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise((resolve) => go.on('close', resolve));
  if (code !== 0) throw new Error(`go run ./bench -desk ended with ${String(code)}`);
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Facts;
}

const EMPTY = `<!doctype html><meta charset="utf-8"><title>empty</title>
<a href="#x" class="row">row</a><textarea></textarea><p></p>
<script>document.querySelector('a').onclick=(e)=>{e.preventDefault();document.querySelector('p').textContent+='x'}</script>`;

async function serveEmpty(): Promise<Server> {
  const server = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(EMPTY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Builds the data, starts the program on a copy of them and signs nobody in. */
export async function open(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'prosa-bench-web-'));
  const facts = await build(dir);
  process.env.PROSA_SECRET_KEY = facts.secret_key;
  const program = await start(dir, []);
  const empty = await serveEmpty();
  let wrote = 0;
  return {
    ...facts,
    url: program.url,
    empty: `http://127.0.0.1:${(empty.address() as AddressInfo).port}/`,
    async write(lineId, phone, body) {
      const line = facts.lines.find((one) => one.id === lineId);
      if (!line) throw new Error(`no line ${lineId}`);
      const text = webhook(facts.waba_id, line, phone, body, `wamid.WEB${Date.now()}${wrote++}`);
      await deliver(program.url + line.hook, facts.app_secret, text);
    },
    async close() {
      empty.closeAllConnections();
      empty.close();
      await program.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Meta's webhook with one text message. */
function webhook(
  waba: string,
  line: Facts['lines'][number],
  phone: string,
  body: string,
  id: string,
): string {
  const message = {
    from: phone,
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: line.display, phone_number_id: line.phone_id },
    contacts: [{ profile: { name: 'Cliente' }, wa_id: phone }],
    messages: [message],
  };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: waba, changes: [{ field: 'messages', value }] }],
  });
}
