import { expect, row, tour } from './camera';

// Between a phone and three panes: two panes, the contact as a drawer.
tour('widths', ['desk'], async ({ page, shot, enter, talk }) => {
  await enter('elisa');
  for (const width of [768, 900, 1024, 1180]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto('/atendimentos');
    await expect(row(page, 'Mariana Albuquerque')).toBeVisible();
    await talk('Rafael Moura');
    await shot(`18-inbox-${width}`);
    if (width === 900) {
      await page.getByRole('button', { name: /Ver contato/ }).click();
      await expect(page.getByRole('complementary', { name: 'Contato' })).toBeVisible();
      await shot(`18-panel-${width}`);
    }
    if (width === 768 || width === 1024)
      for (const [path, name] of [
        ['/contatos', 'contacts'],
        ['/conexoes', 'connections'],
        ['/equipe', 'team'],
        ['/modelos', 'templates'],
        ['/inicio', 'setup'],
        ['/sandbox', 'sandbox'],
      ] as const) {
        await page.goto(path);
        await expect(page.locator('h1').first()).toBeVisible();
        await shot(`18-${name}-${width}`);
      }
  }
  await page.setViewportSize({ width: 900, height: 900 });
  await page.goto('/atendimentos');
  await page.getByRole('button', { name: 'Novo atendimento' }).click();
  const panel = page.getByRole('dialog', { name: /Novo atendimento/ });
  await panel.locator('.picks button').filter({ hasText: 'Beatriz Antunes' }).click();
  await panel.getByRole('button', { name: /^Iniciar atendimento Abre/ }).click();
  await expect(panel.locator('.opt, .tplpick button').first()).toBeVisible();
  await shot('18-start-900');
});

// The longest words of the other languages have to fit too.
for (const locale of ['en', 'es'] as const)
  tour(`in ${locale}`, ['desk', 'phone'], async ({ page, shot, enter, phone }) => {
    await enter('elisa');
    await page.request.patch('/api/v1/me', { data: { locale } });
    for (const [path, name] of [
      ['/atendimentos', 'inbox'],
      ['/contatos', 'contacts'],
      ['/conexoes', 'connections'],
      ['/equipe', 'team'],
      ['/configuracoes', 'settings'],
      ['/sandbox', 'sandbox'],
    ] as const) {
      await page.goto(path);
      await expect(page.locator('h1').first()).toBeVisible();
      if (path === '/atendimentos') {
        await page.locator('.tk').filter({ hasText: 'Rafael Moura' }).click();
        await expect(page.locator('[data-message]').last()).toBeVisible();
      }
      await shot(`19-${name}-${locale}`);
    }
    expect(phone).toBeDefined();
  });
