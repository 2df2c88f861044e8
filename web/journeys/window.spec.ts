import { bubble, composer, enter, expect, row, test } from './desk';

test('outside the window messages wait in line, are edited, reordered and leave in order', async ({
  page,
  customer,
}) => {
  const chat = await customer.chat('Célia Brandão');
  await customer.write(chat, 'Tem em estoque?');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await row(page, 'Célia Brandão').hover();
  await row(page, 'Célia Brandão').getByRole('button', { name: 'Aceitar' }).click();
  await expect(page.locator('[data-window=open]')).toBeVisible();
  await customer.age(chat, { left: 0 });
  await expect(page.locator('[data-window=closed]')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('A janela de 24 horas está fechada')).toBeVisible();

  const line = page.getByRole('region', { name: 'Mensagens aguardando' });
  for (const text of ['Primeira', 'Segunda']) {
    await composer(page).fill(text);
    await page.getByRole('button', { name: 'Deixar na fila até a resposta' }).click();
    await expect(line.getByText(text)).toBeVisible();
  }
  await expect(line.locator('[data-waiting]')).toHaveCount(2);
  await line.locator('[data-waiting]').first().getByRole('button', { name: 'Editar mensagem' }).click();
  await line.getByRole('textbox', { name: 'Editar mensagem' }).fill('Primeira, corrigida');
  await line.getByRole('button', { name: 'Salvar' }).click();
  await expect(line.getByText('Primeira, corrigida')).toBeVisible();
  await line.getByRole('button', { name: /Mover mensagem 2/ }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(line.locator('[data-waiting]').first()).toContainText('Segunda');

  await customer.write(chat, 'Voltei');
  await expect(line).toBeHidden();
  await expect(page.locator('[data-window=open]')).toBeVisible();
  await customer.sees(chat, 'corrigida');
  const out = (await customer.messages(chat)).filter((m) => m.direction === 'out').map((m) => m.view.body);
  expect(out).toEqual(['Segunda', 'Primeira, corrigida']);
  await expect(bubble(page, 'corrigida')).toBeVisible();
});

test('a template opens the conversation from the start panel', async ({ page, customer }) => {
  await enter(page, 'ana');
  await page.getByLabel('Número para conversar').fill('123');
  await page.getByRole('button', { name: 'Conversar' }).click();
  await expect(page.getByText('Número inválido')).toBeVisible();
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
  await expect(panel.locator('.dmsg')).toContainText('Olá, Sílvia! O pedido 991 sai amanhã, entre 8h e 12h.');
  await expect(panel.getByText('por este envio')).toBeVisible();
  await start.click();
  await expect(panel).toBeHidden();
  await expect(bubble(page, 'Olá, Sílvia! O pedido 991 sai amanhã, entre 8h e 12h.')).toBeVisible();
  await expect(page.getByText('A janela de 24 horas ainda não abriu')).toBeVisible();
  void customer;
});
