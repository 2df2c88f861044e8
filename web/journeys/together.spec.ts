import type { Page, Request } from '@playwright/test';
import { beside, bubble, composer, enter, expect, row, test, withoutWorker } from './desk';

test.use(withoutWorker);

test('two agents: one accepts, the other sees it go; a transfer hands it over', async ({
  page,
  context,
  customer,
  complaints,
  desk,
}) => {
  await enter(page, 'ana', '/atendimentos?tab=pending');
  const bruno = await beside(context, 'bruno', complaints, desk);
  await bruno.goto('/atendimentos?tab=pending');
  const chat = await customer.chat('Tânia Melo');
  await customer.write(chat, 'Preciso de um orçamento');
  await expect(row(page, 'Tânia Melo')).toBeVisible();
  await expect(row(bruno, 'Tânia Melo')).toBeVisible();
  await row(page, 'Tânia Melo').hover();
  await row(page, 'Tânia Melo').getByRole('button', { name: 'Aceitar' }).click();
  await expect(composer(page)).toBeVisible();
  await expect(row(bruno, 'Tânia Melo')).toBeHidden();

  await page.getByRole('button', { name: 'Transferir' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Fila' }).click();
  await page.getByRole('option', { name: 'Vendas' }).click();
  await dialog.getByRole('combobox', { name: /Atendente/ }).click();
  await page.getByRole('option', { name: /Bruno Tavares/ }).click();
  await dialog.getByRole('button', { name: 'Transferir' }).click();
  await bruno.getByRole('link', { name: /Abertos/ }).click();
  await row(bruno, 'Tânia Melo').getByRole('link').click();
  await composer(bruno).fill('Oi, Tânia, aqui é o Bruno.');
  await composer(bruno).press('Enter');
  await expect(bubble(page, 'aqui é o Bruno')).toBeVisible();
  await bruno.context().close();
});

test('C13 an answer that comes after the ticket has left does not bring it back', async ({
  page,
  context,
  customer,
  complaints,
  desk,
}) => {
  const chat = await customer.chat('Otília Prates');
  await customer.write(chat, 'Quem cuida disto?');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  const elisa = await beside(context, 'elisa', complaints, desk);
  const ask = async <T>(who: Page, path: string) =>
    (await (await who.request.get(`/api/v1${path}`)).json()) as T;
  const { queues: hers } = await ask<{ queues: string[] }>(page, '/me');
  const { items } = await ask<{ items: { id: string }[] }>(elisa, '/queues');
  const elsewhere = items.find((queue) => !hers.includes(queue.id));

  await page.route('**/accept', async (route) => {
    const answer = await route.fetch();
    const { id } = (await answer.json()) as { id: string };
    const moved = await elisa.request.post(`/api/v1/tickets/${id}/transfer`, {
      data: { queue_id: elsewhere?.id },
    });
    expect(moved.status()).toBe(200);
    await customer.write(await customer.chat('Ubaldo Reis'), 'Boa noite'); // told after the transfer was
    await expect(row(page, 'Ubaldo Reis')).toBeVisible();
    await route.fulfill({ response: answer });
  });
  await row(page, 'Otília Prates').hover();
  await row(page, 'Otília Prates').getByRole('button', { name: 'Aceitar' }).click();
  await expect(page.getByText('Este atendimento não está mais com você')).toBeVisible();
  await page.getByRole('link', { name: /Abertos/ }).click();
  await expect(row(page, 'Otília Prates')).toBeHidden();
  await elisa.context().close();
});

test('four tabs share one stream; when the leader closes another takes over', async ({
  page,
  context,
  customer,
  desk,
}) => {
  // A closing page does not always say that its requests ended with it.
  const reading = new Map<Page, number>();
  const count = (by: number) => (asked: Request) => {
    if (!asked.url().endsWith('/api/v1/stream')) return;
    const tab = asked.frame().page();
    reading.set(tab, (reading.get(tab) ?? 0) + by);
  };
  context.on('request', count(1));
  context.on('requestfinished', count(-1));
  context.on('requestfailed', count(-1));
  const open = () => [...reading].reduce((sum, [tab, n]) => (tab.isClosed() ? sum : sum + n), 0);

  await enter(page, 'ana', '/atendimentos?tab=pending');
  await expect.poll(open).toBe(1);
  const tabs: Page[] = [];
  for (let i = 0; i < 3; i++) {
    const tab = await context.newPage();
    await tab.goto(`${desk}/atendimentos?tab=pending`);
    await expect(tab.getByRole('heading', { name: 'Atendimentos' })).toBeVisible();
    tabs.push(tab);
  }
  expect(open()).toBe(1);
  const first = await customer.chat('Ivo Campos');
  await customer.write(first, 'Bom dia');
  for (const tab of [page, ...tabs]) await expect(row(tab, 'Ivo Campos')).toBeVisible();

  await page.close();
  await expect.poll(open).toBe(1);
  const second = await customer.chat('Nara Vidal');
  await customer.write(second, 'Boa tarde');
  for (const tab of tabs) await expect(row(tab, 'Nara Vidal')).toBeVisible();
});
