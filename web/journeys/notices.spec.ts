import { enter, expect, test } from './desk';

test('the notification centre tells what is addressed to me, and leads there', async ({ page, customer }) => {
  await enter(page, 'ana');
  const chat = await customer.chat('Norma Falcão');
  await customer.write(chat, 'Oi, alguém?');
  await page.getByRole('button', { name: 'Notificações' }).click();
  const centre = page.getByRole('dialog', { name: 'Notificações' });
  await expect(centre.getByRole('button', { name: /Norma Falcão/ })).toBeVisible();
  await centre.getByRole('button', { name: /Norma Falcão/ }).click();
  await expect(page.getByRole('region', { name: 'Conversa com Norma Falcão' })).toBeVisible();
});
