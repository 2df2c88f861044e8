import { accepted, bubble, composer, enter, expect, test } from './desk';
import { pdf } from './files';

test('B11 C12 the waiting line: edited, dragged, moved by keys, cancelled; it leaves in order, or is given up', async ({
  page,
  customer,
}) => {
  test.slow();
  const chat = await accepted(page, customer, 'Célia Brandão');
  await expect(page.locator('[data-window=open]')).toBeVisible();
  await customer.age(chat, { left: 0 });
  await expect(page.locator('[data-window=closed]')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('A janela de 24 horas está fechada')).toBeVisible();

  const line = page.getByRole('region', { name: 'Mensagens aguardando' });
  const waiting = line.locator('[data-waiting]');
  const leave = async (text: string) => {
    await composer(page).fill(text);
    await page.getByRole('button', { name: 'Deixar na fila até a resposta' }).click();
    await expect(waiting.filter({ hasText: text })).toBeVisible();
  };
  for (const text of ['Primeira', 'Segunda', 'Terceira', 'Quarta']) await leave(text);
  await page.locator('[data-attach=document]').setInputFiles(pdf('tabela.pdf'));
  await page.getByRole('button', { name: 'Deixar 1 arquivo na fila' }).click();
  await expect(waiting).toHaveCount(5);
  await waiting.first().getByRole('button', { name: 'Editar mensagem' }).click();
  await line.getByRole('textbox', { name: 'Editar mensagem' }).fill('Primeira, corrigida');
  await line.getByRole('button', { name: 'Salvar' }).click();
  await expect(line.getByText('Primeira, corrigida')).toBeVisible();
  await waiting.nth(3).getByRole('button', { name: 'Cancelar mensagem' }).click();
  await expect(waiting).toHaveCount(4);

  // By the mouse: the third before the first; by the keys: the second before it.
  const grip = (n: number) => line.getByRole('button', { name: `Mover mensagem ${n}:` });
  const from = await grip(3).boundingBox();
  const to = await waiting.first().boundingBox();
  if (!from || !to) throw new Error('no line to drag');
  await page.mouse.move(from.x + 5, from.y + from.height / 2);
  await page.mouse.down();
  for (let y = from.y; y > to.y + 6; y -= 8) await page.mouse.move(from.x + 5, y);
  await page.mouse.up();
  await expect(waiting).toHaveText([/Terceira/, /Primeira/, /Segunda/, /tabela|Documento/]);
  await grip(3).focus();
  await page.keyboard.press('ArrowUp');
  await expect(waiting).toHaveText([/Terceira/, /Segunda/, /Primeira/, /tabela|Documento/]);
  await page.reload();
  await expect(waiting).toHaveText([/Terceira/, /Segunda/, /Primeira/, /tabela|Documento/]);

  await customer.write(chat, 'Voltei');
  await expect(line).toBeHidden();
  await expect(page.locator('[data-window=open]')).toContainText('Janela 23h 5');
  await customer.sees(chat, 'corrigida');
  const out = async () => (await customer.messages(chat)).filter((m) => m.direction === 'out');
  await expect.poll(async () => (await out()).length).toBe(4);
  expect((await out()).map((m) => m.view.body ?? m.view.type)).toEqual([
    ...['Terceira', 'Segunda', 'Primeira, corrigida', 'document'],
  ]);

  // Closing gives up what still waits, and says so first; then there is no way back.
  await customer.age(chat, { left: 0 });
  await expect(page.locator('[data-window=closed]')).toBeVisible({ timeout: 20_000 });
  await leave('Nunca sai');
  await page.getByRole('button', { name: 'Resolver' }).click();
  const ask = page.getByRole('dialog', { name: /^Resolver atendimento/ });
  await expect(ask).toContainText('1 mensagem ainda aguarda a janela e será cancelada.');
  await ask.getByRole('button', { name: 'Cancelar' }).click();
  await expect(waiting).toHaveCount(1);
  await page.getByRole('button', { name: 'Resolver' }).click();
  await ask.getByRole('button', { name: 'Resolver' }).click();
  await expect(page.getByText('Atendimento fechado')).toBeVisible();
  await expect(page.getByText(/Atendimento nº \d+ resolvido/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Desfazer' })).toBeHidden();
  await page.getByRole('button', { name: 'Reabrir' }).first().click();
  await expect(composer(page)).toBeVisible();
  await expect(line).toBeHidden();
  await expect(bubble(page, 'Nunca sai')).toHaveCount(0);
});

test('B2 B4-B9 step by step: a number, a queue, a template filled under its preview', async ({ page }) => {
  await enter(page, 'ana');
  await page.getByLabel('Número para conversar').fill(`(41) 9${String(Date.now()).slice(-8)}`);
  await page.getByRole('button', { name: 'Conversar' }).click();
  const panel = page.getByRole('dialog', { name: /Novo atendimento/ });
  await panel.getByRole('button', { name: /^Iniciar atendimento Abre/ }).click();
  const queue = panel.getByRole('heading', { name: 'Em qual fila' });
  if (await queue.isVisible()) await panel.locator('.opt').first().click();
  await panel.getByRole('button', { name: /Entrega a caminho/ }).click();
  const start = panel.getByRole('button', { name: 'Iniciar atendimento', exact: true });
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  for (const [name, value] of [
    ['nome', 'Sílvia'],
    ['pedido', '991'],
    ['inicio', '8h'],
    ['fim', '12h'],
    ['Final do link', '991'],
  ] as const)
    await panel.getByLabel(new RegExp(`^${name}`, 'i')).fill(value);
  await expect(panel.getByRole('figure')).toContainText(
    'Olá, Sílvia! O pedido 991 sai amanhã, entre 8h e 12h.',
  );
  await expect(panel.getByText('por este envio')).toBeVisible();
  await start.click();
  await expect(panel).toBeHidden();
  await expect(bubble(page, 'Olá, Sílvia! O pedido 991 sai amanhã, entre 8h e 12h.')).toBeVisible();
  await expect(page.getByText('A janela de 24 horas ainda não abriu')).toBeVisible();
});
