import { clean, enter, expect, row, test } from './desk';

const screens = [
  '/atendimentos',
  '/atendimentos?tab=pending',
  '/contatos',
  '/conexoes',
  '/filas',
  '/equipe',
  '/modelos',
  '/configuracoes',
  '/sandbox',
  '/inicio',
];

for (const theme of ['light', 'dark'] as const)
  for (const path of screens)
    test(`${path} is clean in ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await enter(page, 'elisa', path);
      await expect(page.locator('h1').first()).toBeVisible();
      await expect(page.locator('.sk')).toHaveCount(0);
      await clean(page);
    });

test('a conversation and what opens above it are clean', async ({ page }) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await enter(page, 'ana');
  await row(page, 'Rafael Moura').getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Mensagens aguardando' })).toBeVisible();
  await clean(page);
  await page.getByRole('button', { name: 'Transferir' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await clean(page);
  await page.getByRole('button', { name: 'Cancelar', exact: true }).click();
  await page.getByRole('button', { name: 'Enviar modelo' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await clean(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Novo atendimento' }).click();
  await expect(page.getByRole('dialog', { name: /Novo atendimento/ })).toBeVisible();
  await clean(page);
});

for (const [locale, word] of [
  ['en', 'Tickets'],
  ['es', 'Atenciones'],
] as const)
  test(`no raw key in ${locale}`, async ({ page }) => {
    await enter(page, 'fabio');
    await page.request.patch('/api/v1/me', { data: { locale } });
    for (const path of ['/atendimentos', '/contatos', '/conexoes', '/filas', '/equipe']) {
      await page.goto(path);
      await expect(page.getByRole('link', { name: word }).first()).toBeAttached();
      const text = await page.locator('body').innerText();
      expect(text.match(/\b(?:nav|list|admin|contacts|ticket|field)\.[a-z][\w.]+/g)).toBeNull();
    }
    await page.request.patch('/api/v1/me', { data: { locale: 'pt-BR' } });
  });
