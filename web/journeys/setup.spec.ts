import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { guard } from './desk';
import { start } from './program';

// An installation of its own: nothing in it yet.
base('from an empty installation to the first simulated conversation', async ({ browser }) => {
  base.slow();
  const data = mkdtempSync(join(tmpdir(), 'prosa-new-'));
  const program = await start(data, []);
  const complaints: string[] = [];
  const context = await browser.newContext({ baseURL: program.url, locale: 'pt-BR' });
  const page = await context.newPage();
  await guard(page, program.url, complaints);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Crie a sua empresa' })).toBeVisible();
  await page.getByLabel('Nome da empresa').fill('Oficina Sol');
  await page.getByLabel('Seu nome').fill('Rita Sampaio');
  await page.getByLabel('E-mail').fill('rita@oficinasol.example');
  await page.getByLabel('Senha', { exact: true }).fill('girassol-amarelo-31');
  await page.getByRole('button', { name: 'Criar empresa' }).click();
  await expect(page.getByRole('heading', { name: 'Boas-vindas, Rita' })).toBeVisible();
  await page.getByRole('button', { name: 'Ligar o simulador' }).click();
  await expect(page.getByText('Simulador ligado')).toBeVisible();
  await page.getByRole('button', { name: 'Criar 2 filas' }).click();
  await expect(page.getByText('Pós-venda')).toBeVisible();
  await page.getByRole('button', { name: 'Vou atender só' }).click();
  await page.getByRole('link', { name: 'Ir para Atendimentos' }).click();
  await page.getByRole('link', { name: /Pendentes/ }).click();
  await expect(page.getByText('Ninguém esperando')).toBeVisible();

  const { items } = (await (await page.request.get('/api/v1/sandbox/connections')).json()) as {
    items: { connection_id: string }[];
  };
  const chat = (await (
    await page.request.post('/api/v1/sandbox/chats', {
      data: { connection_id: items[0]?.connection_id, name: 'Primeiro Cliente', phone: '5541988887777' },
    })
  ).json()) as { id: string };
  await page.request.post(`/api/v1/sandbox/chats/${chat.id}/messages`, {
    data: { type: 'text', body: 'Abre hoje?' },
  });
  await expect(page.getByText('Primeiro Cliente').first()).toBeVisible();
  await page.getByRole('link', { name: /Primeiro Cliente/ }).click();
  await page
    .getByRole('region', { name: 'Conversa com Primeiro Cliente' })
    .getByRole('button', { name: 'Aceitar' })
    .click();
  await expect(page.locator('[data-composer]')).toBeVisible();
  expect(complaints).toEqual([]);
  await context.close();
  await program.stop();
  rmSync(data, { recursive: true, force: true });
});
