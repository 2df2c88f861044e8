import { clean, enter, expect, people, password, test, withoutWorker } from './desk';

test.use(withoutWorker);

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

test('B12 a stream that ends while she signs out does not lead back to the sign-in page', async ({
  page,
}) => {
  const live = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/stream') && answer.ok());
  await enter(page, 'bruno');
  await live;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/v1/setup', async (route) => {
    await held;
    await route.continue();
  });
  const ended = page.waitForResponse((answer) => answer.url().includes('/stream') && answer.status() === 401);
  await page.getByRole('button', { name: /^Bruno/ }).click();
  await page.getByRole('menuitem', { name: 'Sair' }).click();
  await ended;
  release();
  await page.getByLabel('E-mail').fill(people.bruno);
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('heading', { name: 'Atendimentos' })).toBeVisible();

  // Nor does an address that somebody kept.
  await page.goto('/entrar?next=%2Fentrar%3Fnext%3D%252F');
  await page.getByLabel('E-mail').fill(people.bruno);
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('heading', { name: 'Atendimentos' })).toBeVisible();
});
