import { enter, expect, people, row, test } from './desk';
import type { Page } from '@playwright/test';

// Every screen, desktop and phone, light and dark, into web/shots (ignored).
const phone = { width: 390, height: 844 };

async function shot(page: Page, name: string) {
  await expect(page.locator('.sk, .spin')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: `shots/${name}.png`, animations: 'disabled' });
}

async function talk(page: Page, name: string) {
  await row(page, name).getByRole('link').click();
  await expect(page.locator('[data-message]').last()).toBeVisible();
}

for (const theme of ['light', 'dark'] as const) {
  const end = theme === 'dark' ? '-dark' : '';
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`desk ${theme}`, async ({ page }) => {
      test.slow();
      await page.goto('/entrar');
      await page.getByLabel('E-mail').fill(people.ana);
      await shot(page, `08-login${end}`);
      await enter(page, 'ana');
      await talk(page, 'Rafael Moura');
      await shot(page, `02-inbox-locked${end}`);
      await page.getByRole('button', { name: 'Enviar modelo' }).click();
      await page.locator('.tplpick button').first().click();
      await shot(page, `10-template${end}`);
      await page.keyboard.press('Escape');
      await page.goto('/atendimentos');
      await talk(page, 'Mariana Albuquerque');
      await shot(page, `01-inbox${end}`);
      await page.keyboard.press('Control+k');
      await page.keyboard.type('rafa');
      await expect(page.getByRole('option', { name: /Rafael Moura/ }).first()).toBeVisible();
      await shot(page, `09-palette${end}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Transferir' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await shot(page, `11-transfer${end}`);
      await page.keyboard.press('Escape');
      await page.getByRole('searchbox', { name: 'Buscar conversa ou mensagem' }).fill('mesa');
      await expect(page.getByRole('region', { name: 'Resultados da busca' })).toBeVisible();
      await shot(page, `12-search${end}`);
      await page.goto('/atendimentos');
      await page.getByRole('button', { name: 'Novo atendimento' }).click();
      const panel = page.getByRole('dialog', { name: /Novo atendimento/ });
      await panel.getByPlaceholder('Nome, e-mail ou telefone').fill('rafael');
      await panel.locator('.picks button').filter({ hasText: 'Rafael Moura' }).click();
      await panel.getByRole('button', { name: /^Iniciar atendimento Abre/ }).click();
      const queues = panel.getByRole('heading', { name: 'Em qual fila' });
      if (await queues.isVisible()) await panel.locator('.opt').first().click();
      await panel.getByRole('button', { name: /Entrega a caminho/ }).click();
      await panel.getByLabel(/^nome/i).fill('Rafael');
      await panel.getByLabel(/^pedido/i).fill('48391');
      await shot(page, `03-start${end}`);
    });

    test(`administration ${theme}`, async ({ page }) => {
      test.slow();
      await enter(page, 'elisa', '/inicio');
      await shot(page, `08-setup${end}`);
      for (const [path, name] of [
        ['/contatos', '13-contacts'],
        ['/conexoes', '05-connections'],
        ['/filas', '14-queues'],
        ['/equipe', '15-team'],
        ['/modelos', '16-templates'],
        ['/configuracoes', '17-settings'],
      ] as const) {
        await page.goto(path);
        await expect(page.locator('h1').first()).toBeVisible();
        await shot(page, `${name}${end}`);
      }
      await page.goto('/sandbox');
      await page
        .getByRole('button', { name: /Paula Vasconcelos|Rafael Moura|Mariana/ })
        .first()
        .click();
      await expect(page.locator('h1').first()).toBeVisible();
      await shot(page, `06-sandbox${end}`);
    });

    test(`phone ${theme}`, async ({ page }) => {
      test.slow();
      await page.setViewportSize(phone);
      await enter(page, 'ana', '/atendimentos?tab=pending');
      await expect(row(page, 'Priscila Amorim')).toBeVisible();
      await shot(page, `07-phone-list${end}`);
      await page.goto('/atendimentos');
      await talk(page, 'Mariana Albuquerque');
      await shot(page, `07-phone-chat${end}`);
      await page.goto('/atendimentos');
      await talk(page, 'Rafael Moura');
      await shot(page, `07-phone-locked${end}`);
      await page.goto('/contatos');
      await shot(page, `13-phone-contacts${end}`);
      await page.goto('/atendimentos');
      await page.getByRole('button', { name: 'Novo atendimento' }).click();
      await expect(page.getByRole('dialog', { name: /Novo atendimento/ })).toBeVisible();
      await shot(page, `03-phone-start${end}`);
    });
  });
}
