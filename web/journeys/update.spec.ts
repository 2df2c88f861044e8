import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { composer, enter, guard, row } from './desk';
import { start, type Program } from './program';

interface Front {
  url: string;
  /** From now on the worker is the one of a newer build. */
  release: () => void;
  /** The network goes, or comes back. */
  cut: (gone: boolean) => void;
  close: () => Promise<void>;
}

/** Stands before the program as a reverse proxy does; after a release sw.js is another one. */
async function front(program: Program): Promise<Front> {
  let newer = false;
  let away = false;
  const to = new URL(program.url);
  const server: Server = createServer((req, res) => {
    if (away) {
      res.destroy();
      return;
    }
    const { method, url: path, headers } = req;
    const fresh = newer && path === '/sw.js';
    const passed = fresh ? { ...headers, 'accept-encoding': 'identity', 'if-none-match': '' } : headers;
    const onward = ask({ host: to.hostname, port: to.port, method, path, headers: passed }, (answer) => {
      if (!fresh) {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
        return;
      }
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => {
        const body = text.replace(/const VERSION = ['"][^'"]+['"]/, "const VERSION = 'a-newer-build'");
        res.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' });
        res.end(body);
      });
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => (newer = true),
    cut(gone) {
      away = gone;
      if (gone) server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

base(
  'a new build is offered, never forced; without the network the shell comes up; the draft stays',
  async ({ browser }) => {
    const data = mkdtempSync(join(tmpdir(), 'prosa-update-'));
    cpSync(process.env.PROSA_SEED ?? '', data, { recursive: true });
    const program = await start(data);
    const proxy = await front(program);
    const complaints: string[] = [];
    const context = await browser.newContext({ baseURL: proxy.url, locale: 'pt-BR' });
    const page = await context.newPage();
    await guard(page, proxy.url, complaints);
    await enter(page, 'ana');
    await row(page, 'Mariana Albuquerque').getByRole('link').click();
    await expect(composer(page)).toBeVisible();
    const controller = () => page.evaluate(() => navigator.serviceWorker.controller?.state);
    await expect.poll(controller).toBe('activated');
    await expect(page.getByText('Nova versão')).toHaveCount(0);

    await composer(page).fill('Ainda escrevendo');
    proxy.release();
    // What the page does by itself every half hour.
    await page.evaluate(async () => {
      Object.assign(window, { same: true });
      await (await navigator.serviceWorker.ready).update();
    });
    const offer = page.getByText('Nova versão');
    await expect(offer).toBeVisible();
    const builds = () =>
      page.evaluate(
        async () => (await caches.keys()).filter((name) => name === 'prosa-a-newer-build').length,
      );
    await expect.poll(builds).toBe(1);
    expect(await page.evaluate(() => 'same' in window)).toBe(true);
    await expect(composer(page)).toHaveValue('Ainda escrevendo');

    await page.getByRole('button', { name: 'Atualizar' }).click();
    await expect(offer).toBeHidden();
    await expect.poll(() => page.evaluate(() => 'same' in window)).toBe(false);
    await expect(composer(page)).toHaveValue('Ainda escrevendo');
    await expect
      .poll(() => page.evaluate(async () => (await caches.keys()).join()))
      .toBe('prosa-a-newer-build');
    expect(complaints).toEqual([]);

    // Without the network the shell still comes up, waits, and goes on by itself.
    proxy.cut(true);
    await page.reload();
    await expect(page.getByText('Sem conexão com o servidor')).toBeVisible();
    proxy.cut(false);
    await expect(composer(page)).toHaveValue('Ainda escrevendo');
    await context.close();
    await proxy.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  },
);
