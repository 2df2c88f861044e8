import { clean, expect, people, password, test } from './desk';

test('signs in, keeps the session over a reload, signs out', async ({ page }) => {
  await page.goto('/atendimentos');
  await expect(page).toHaveURL(/entrar/);
  await clean(page);
  await page.getByLabel('E-mail').fill(people.ana);
  await page.getByLabel('Senha', { exact: true }).fill('errada-mesmo');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('alert')).toContainText('E-mail ou senha incorretos');
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('heading', { name: 'Atendimentos' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Atendimentos' })).toBeVisible();

  await page.getByRole('button', { name: /Ana Ribeiro/ }).click();
  await page.getByRole('menuitem', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/entrar/);
  await page.goto('/contatos');
  await expect(page).toHaveURL(/entrar/);
});

test('says who can reset a forgotten password, and speaks three languages', async ({ page }) => {
  await page.goto('/entrar');
  await page.getByRole('button', { name: 'Esqueci a senha' }).click();
  await expect(page.getByRole('dialog')).toContainText('Quem administra a sua empresa');
  await page.getByRole('button', { name: 'Entendi' }).click();
  await page.getByRole('combobox', { name: 'Idioma' }).click();
  await page.getByRole('option', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Good to see you again' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'Español' }).click();
  await expect(page.getByRole('button', { name: 'Entrar' })).toBeVisible();
});
