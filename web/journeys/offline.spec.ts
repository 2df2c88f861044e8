import { bubble, composer, enter, expect, row, test } from './desk';

test('nothing typed or sent is lost while the network is gone', async ({
  page,
  context,
  customer,
  complaints,
}) => {
  const chat = await customer.chat('Lúcia Farias');
  await customer.write(chat, 'Oi');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await row(page, 'Lúcia Farias').hover();
  await row(page, 'Lúcia Farias').getByRole('button', { name: 'Aceitar' }).click();
  await expect(composer(page)).toBeVisible();
  await composer(page).fill('Um rascunho que fica');
  await page.reload();
  await expect(composer(page)).toHaveValue('Um rascunho que fica');

  await context.setOffline(true);
  await expect(page.getByText('Sem conexão. O que você escrever fica guardado.')).toBeVisible();
  await composer(page).fill('Escrita sem rede');
  await composer(page).press('Enter');
  await expect(bubble(page, 'Escrita sem rede')).toHaveAttribute('data-status', 'offline');
  await composer(page).fill('E mais uma');
  await composer(page).press('Enter');
  await context.setOffline(false);
  await customer.sees(chat, 'E mais uma');
  await expect(page.getByText('Sem conexão. O que você')).toBeHidden();
  await expect(bubble(page, 'Escrita sem rede')).toHaveCount(1);
  await expect(bubble(page, 'Escrita sem rede')).toHaveAttribute('data-status', /sent|delivered|read/);
  const out = (await customer.messages(chat)).filter((m) => m.direction === 'out').map((m) => m.view.body);
  expect(out).toEqual(['Escrita sem rede', 'E mais uma']);
  complaints.length = 0; // the browser itself complains about the lost network
});
