import { both, expect, tour } from './camera';

tour('start', both, async ({ page, phone, shot, enter, talk }) => {
  await enter('ana');
  await page.getByRole('button', { name: 'Novo atendimento' }).click();
  const panel = page.getByRole('dialog', { name: /Novo atendimento/ });
  await expect(panel.locator('.picks button').first()).toBeVisible();
  await shot('03-start-contact');
  await panel.getByPlaceholder('Nome, e-mail ou telefone').fill('beatriz');
  await panel.locator('.picks button').filter({ hasText: 'Beatriz Antunes' }).click();
  await expect(panel.getByRole('heading', { name: 'O que vamos enviar?' })).toBeVisible();
  await shot('03-start-kind');
  await panel.getByRole('button', { name: /^Iniciar atendimento Abre/ }).click();
  // Steps with one answer are skipped: which one comes depends on who starts.
  const queue = panel.getByRole('heading', { name: 'Em qual fila' });
  const template = panel.getByRole('heading', { name: 'Qual modelo' });
  await expect(queue.or(template)).toBeVisible();
  if (await queue.isVisible()) {
    await shot('03-start-queue');
    await panel.locator('.opt').first().click();
  }
  await expect(template).toBeVisible();
  await shot('03-start-template');
  await panel.getByRole('button', { name: /Pedido pronto/ }).click();
  await expect(panel.getByText('Como Beatriz vai ver')).toBeVisible();
  const fields = panel.locator('.pfield input');
  await fields.first().fill('Beatriz');
  await fields.nth(1).fill('48391');
  await shot('03-start');
  await fields.nth(2).fill('Batel, Av. do Batel, 1230');
  await shot('03-start-filled');
  await panel.locator('label').filter({ hasText: 'Formulário completo' }).click();
  await shot('03-start-form');
  await page.goto('/atendimentos');
  await talk('Rafael Moura');
  await page.getByRole('button', { name: 'Enviar modelo' }).last().click();
  await expect(page.locator('.tplpick button').first()).toBeVisible();
  await shot('10-template-choice');
  await page
    .locator('.tplpick button')
    .filter({ hasText: 'Orcamento pronto' })
    .or(page.locator('.tplpick button').nth(3))
    .first()
    .click();
  await shot('10-template');
  expect(phone).toBeDefined();
});
