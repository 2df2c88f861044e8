import { bubble, composer, enter, expect, row, test } from './desk';

test('by the keyboard alone', async ({ page, customer }) => {
  const chat = await customer.chat('Olga Mattos');
  await customer.write(chat, 'Alguém aí?');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await expect(row(page, 'Olga Mattos')).toBeVisible();
  for (
    let i = 0;
    i < 30 && !(await page.getByRole('region', { name: 'Conversa com Olga Mattos' }).isVisible());
    i++
  ) {
    await page.keyboard.press('j');
    await expect(page.locator('.tk.sel')).toBeVisible();
  }
  await expect(page.getByText('Só leitura até aceitar')).toBeVisible();
  await page.keyboard.press('a');
  await expect(composer(page)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('Estou aqui');
  await page.keyboard.press('Enter');
  await expect(bubble(page, 'Estou aqui')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Atalhos do teclado' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Mariana');
  await expect(page.getByRole('option', { name: /Mariana Albuquerque/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/contatos/);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page).toHaveURL(/atendimentos/);
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: /Novo atendimento/ })).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  test('list, conversation and back', async ({ page, customer }) => {
    const chat = await customer.chat('Zilda Amaro');
    await customer.write(chat, 'Tem mesa redonda?');
    await enter(page, 'ana');
    await page.getByRole('link', { name: /Pendentes/ }).click();
    await row(page, 'Zilda Amaro').getByRole('button', { name: 'Aceitar' }).click();
    await composer(page).fill('Temos, de 1,20 m');
    await page.getByRole('button', { name: 'Enviar', exact: true }).click();
    await customer.sees(chat, 'Temos, de 1,20 m');
    await page.getByRole('link', { name: 'Voltar à lista' }).click();
    await expect(row(page, 'Zilda Amaro')).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'Mais', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Perfil' })).toBeVisible();
  });
});
