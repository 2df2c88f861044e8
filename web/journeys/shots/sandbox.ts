import { both, expect, tour } from './camera';

tour('sandbox', both, async ({ page, phone, customer, shot, enter }) => {
  await customer.faults([{ kind: 'delay', on: 'messages', delay_ms: 5000 }]);
  await enter('elisa', '/sandbox');
  const chats = page.getByRole('button', { name: /Mariana Albuquerque/ });
  await expect(chats.first()).toBeVisible();
  if (phone) await shot('06-sandbox-list');
  else {
    await page.getByLabel('Conexão simulada').first().click();
    await page.getByRole('option', { name: 'WhatsApp Entregas' }).click();
    await page.getByRole('button', { name: /Paula Vasconcelos/ }).click();
    await expect(page.locator('.simentry').last()).toBeVisible();
    await shot('06-sandbox');
    await page.getByLabel('Conexão simulada').first().click();
    await page.getByRole('option', { name: 'WhatsApp Loja' }).click();
  }
  await chats.first().click();
  await expect(page.locator('.simentry').last()).toBeVisible();
  await shot('06-sandbox-chat');
  if (phone) {
    await page.getByRole('button', { name: 'Controles' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await shot('06-sandbox-controls');
    return;
  }
  await page.getByRole('button', { name: 'Mais falhas' }).click();
  await page.locator('.simside').evaluate((side) => side.scrollTo(0, 260));
  await shot('06-sandbox-faults');
  await page.getByRole('button', { name: 'Novo', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await shot('06-sandbox-new');
});
