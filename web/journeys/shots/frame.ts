import { composer } from '../desk';
import { both, expect, row, tour } from './camera';

tour('frame', both, async ({ page, phone, shot, enter, talk }) => {
  await enter('ana');
  await expect(row(page, 'Mariana Albuquerque')).toBeVisible();
  const open = async (item: string) => {
    await page.getByRole('button', phone ? { name: 'Mais', exact: true } : { name: /Ana Ribeiro/ }).click();
    await page.getByRole(phone ? 'button' : 'menuitem', { name: item }).click();
    await expect(page.getByRole('dialog').last()).toBeVisible();
  };
  await page.getByRole('button', phone ? { name: 'Mais', exact: true } : { name: /Ana Ribeiro/ }).click();
  await expect(page.getByText('Sair').last()).toBeVisible();
  await shot('09-user-menu');
  await page.keyboard.press('Escape');
  await open('Perfil');
  await shot('09-profile');
  await page.keyboard.press('Escape');
  await open('Pausar');
  await shot('09-pause');
  await page.keyboard.press('Escape');
  if (phone) await open('Notificações');
  else await page.getByRole('button', { name: 'Notificações' }).click();
  await expect(page.locator('.notices button').first()).toBeVisible();
  await shot('09-notifications');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  if (!phone) {
    await talk('Mariana Albuquerque');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').first()).toBeVisible();
    await shot('09-palette');
    await page.keyboard.type('rafa');
    await expect(page.getByRole('option', { name: /Rafael Moura/ }).first()).toBeVisible();
    await shot('09-palette-found');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Atalhos do teclado' })).toBeVisible();
    await shot('09-shortcuts');
    await page.keyboard.press('Escape');
  } else await talk('Mariana Albuquerque');
  await composer(page).fill('Um rascunho');
  await page.context().setOffline(true);
  await expect(page.getByText('Sem conexão. O que você escrever fica guardado.')).toBeVisible();
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(page.locator('[data-status=offline]')).toBeVisible();
  await shot('09-offline');
  await page.context().setOffline(false);
  await expect(page.getByText('Sem conexão. O que você')).toBeHidden();
});

// Compact rows are a choice of each person.
tour('compact', ['desk'], async ({ page, shot, enter, talk }) => {
  await enter('ana');
  await page.request.patch('/api/v1/me', { data: { density: 'compact' } });
  await page.goto('/atendimentos');
  await talk('Mariana Albuquerque');
  await shot('01-inbox-compact');
});
