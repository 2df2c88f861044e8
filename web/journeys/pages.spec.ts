import type { Page } from '@playwright/test';
import words from '../src/i18n/pt-BR';
import { bubble, clean, enter, expect, row, test, type Person } from './desk';

// Every screen once: both themes clean for axe, then no raw key in the other
// languages. What opens above a screen is opened without its words.
interface Screen {
  path: string;
  above?: string;
  who?: Person;
  open?: (page: Page) => Promise<void>;
}
const firstRow = (page: Page) => page.locator('.tbl .nm').first().click();
const tab = (key: string) => (page: Page) => page.locator(`[role=tab][data-key=${key}]`).click();
const key = (keys: string) => async (page: Page) => {
  await page.locator('h1').first().click();
  await page.keyboard.press(keys);
};
const screens: Screen[] = [
  { path: '/atendimentos' },
  { path: '/atendimentos?tab=pending' },
  { path: '/atendimentos?tab=closed' },
  { path: '/atendimentos', above: 'search', open: (page) => page.getByRole('searchbox').fill('mesa') },
  { path: '/atendimentos', above: 'palette', open: key('Control+k') },
  { path: '/atendimentos', above: 'shortcuts', open: key('?') },
  { path: '/atendimentos', above: 'start', open: key('c') },
  {
    path: '/atendimentos',
    above: 'whole form',
    async open(page) {
      await key('c')(page);
      await page.getByRole('dialog').locator('label').nth(1).click();
    },
  },
  { path: '/contatos' },
  { path: '/contatos', above: 'contact', open: firstRow },
  { path: '/conexoes' },
  { path: '/conexoes', above: 'connection', open: firstRow },
  {
    path: '/conexoes?novo=1',
    above: 'official',
    open: (page) => page.getByRole('dialog').locator('.kinds button').first().click(),
  },
  {
    path: '/conexoes?novo=1',
    above: 'simulated',
    open: (page) => page.getByRole('dialog').locator('.kinds button').last().click(),
  },
  { path: '/filas' },
  { path: '/filas', above: 'queue', open: firstRow },
  { path: '/equipe' },
  { path: '/equipe?novo=1', above: 'new person' },
  { path: '/equipe', above: 'teams', open: tab('teams') },
  { path: '/modelos' },
  { path: '/modelos', above: 'template', open: firstRow },
  { path: '/modelos', above: 'new template', open: (page) => page.locator('.btn.p').first().click() },
  { path: '/configuracoes' },
  { path: '/configuracoes?aba=options' },
  { path: '/configuracoes?aba=tags' },
  { path: '/configuracoes?aba=types' },
  { path: '/sandbox' },
  { path: '/inicio' },
];
const raw = new RegExp(`\\b(?:${Object.keys(words).join('|')})\\.[a-z][\\w]*(?:\\.[\\w]+)*\\b`);

/** As the person sees it: no skeletons, and what opens above it open. */
async function settled(page: Page, { path, above, open }: Screen) {
  await expect(page.locator('h1, h2, h3').first()).toBeVisible();
  await open?.(page);
  if (above && !['search', 'teams'].includes(above))
    await expect(page.getByRole('dialog').first()).toBeVisible();
  await expect(page.locator('.sk')).toHaveCount(0);
  return path;
}

for (const screen of screens)
  test(`${screen.path}${screen.above ? ` · ${screen.above}` : ''}`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await enter(page, screen.who ?? 'elisa', screen.path);
    await settled(page, screen);
    await clean(page);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await clean(page);
    for (const locale of ['en', 'es']) {
      await page.request.patch('/api/v1/me', { data: { locale } });
      await page.reload();
      await expect(page.locator('html')).toHaveAttribute('lang', locale);
      await settled(page, screen);
      expect((await page.locator('body').innerText()).replace(/[\w.]+@[\w.]+/g, '')).not.toMatch(raw);
    }
    await page.request.patch('/api/v1/me', { data: { locale: 'pt-BR' } });
  });

for (const path of ['/entrar', '/esta-pagina-nao-existe'])
  test(`${path} in both themes`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('main')).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await clean(page);
    }
  });

test('a conversation and what opens above it are clean', async ({ page }) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await enter(page, 'ana');
  await row(page, 'Rafael Moura').getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Mensagens aguardando' })).toBeVisible();
  await clean(page);
  const opened = async (act: () => Promise<void>) => {
    await act();
    await expect(page.getByRole('dialog').or(page.getByRole('menu')).first()).toBeVisible();
    await clean(page, { region: (await page.getByRole('menu').count()) === 0 });
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog').or(page.getByRole('menu'))).toHaveCount(0);
  };
  await opened(() => page.getByRole('button', { name: 'Transferir' }).click());
  await opened(() => page.getByRole('button', { name: 'Enviar modelo' }).click());
  await opened(() => page.getByRole('button', { name: 'Etiqueta', exact: true }).click());
  await opened(() => page.getByRole('button', { name: 'Notificações' }).click());
  await opened(async () => {
    await page.getByRole('button', { name: /Ana Ribeiro/ }).click();
    await page.getByRole('menuitem', { name: 'Perfil' }).click();
    await expect(page.getByRole('dialog', { name: 'Perfil' })).toBeVisible();
  });
  await page.goto('/atendimentos');
  await row(page, 'Mariana Albuquerque').getByRole('link').click();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const last = bubble(page, 'Consigo marcar sexta');
  await expect(last).toBeVisible();
  await clean(page);
  await opened(() => page.getByRole('button', { name: 'Abrir foto' }).first().click());
  await opened(() => page.getByRole('button', { name: 'Anexar' }).click());
  await opened(async () => {
    await page.getByRole('button', { name: 'Anexar' }).click();
    await page.getByRole('menuitem', { name: 'Lista' }).click();
    await expect(page.getByRole('dialog', { name: 'Lista' })).toBeVisible();
  });
  await opened(async () => {
    await last.hover();
    await last.getByRole('button', { name: 'Opções da mensagem' }).click();
    await page.getByRole('menuitem', { name: 'Detalhes' }).click();
    await expect(page.getByRole('dialog', { name: 'Detalhes' })).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  test('every place fits and is clean', async ({ page }) => {
    test.slow();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await enter(page, 'elisa');
    for (const path of [
      ...['/atendimentos?tab=pending', '/contatos', '/conexoes', '/filas', '/equipe', '/modelos'],
      ...['/configuracoes', '/configuracoes?aba=options', '/sandbox', '/inicio'],
    ]) {
      await page.goto(path);
      await expect(page.locator('h1').first()).toBeAttached();
      await expect(page.locator('.sk')).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
      await clean(page);
    }
  });
});
