import { beside, bubble, composer, enter, expect, password, row, test, turn } from './desk';
import { photo } from './files';
import type { Page } from '@playwright/test';

const menu = async (page: Page, entry: string) => {
  await page.getByRole('button', { name: /^Camila (Duarte|D\. Reis)/ }).click();
  await page.getByRole('menuitem', { name: entry }).click();
};

test('C1 the profile: photo, theme, density, language, password and one-key shortcuts, kept over a reload', async ({
  page,
}) => {
  test.slow();
  await enter(page, 'camila');
  await menu(page, 'Perfil');
  const drawer = page.getByRole('dialog', { name: 'Perfil' });
  const asked = page.waitForEvent('filechooser');
  await drawer.getByRole('button', { name: 'Trocar foto' }).click();
  await (await asked).setFiles(photo('eu.png'));
  await expect(drawer.getByRole('button', { name: 'Remover foto' })).toBeVisible();
  await drawer.getByText('Escuro', { exact: true }).click();
  await drawer.getByText('Compacta', { exact: true }).click();
  await turn(drawer, 'Atalhos de uma tecla', false);
  await drawer.getByLabel('Nome').fill('Camila D. Reis');
  await drawer.getByLabel('Nova senha').fill('girassol-azul-77');
  await drawer.getByLabel('Senha atual').fill('não é esta');
  await drawer.getByRole('button', { name: 'Salvar' }).click();
  await expect(drawer.getByText('A senha atual não confere.')).toBeVisible();
  await drawer.getByLabel('Senha atual').fill(password);
  await drawer.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByText('Salvo')).toBeVisible();
  await drawer.getByRole('combobox', { name: 'Idioma' }).click();
  await page.getByRole('option', { name: 'English' }).click();
  const english = page.getByRole('dialog', { name: 'Profile' });
  await expect(english.getByRole('button', { name: 'Save' })).toBeVisible();
  await english.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Tickets' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
  await expect(page.getByRole('button', { name: /Camila D. Reis/ }).locator('img')).toBeVisible();
  await page.keyboard.press('c');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.getByRole('button', { name: /Camila D. Reis/ }).click();
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  await turn(english, 'One-key shortcuts', true);
  await english.getByText('Light', { exact: true }).click();
  await english.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'Português (Brasil)' }).click();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
  await expect(drawer).toHaveCount(0); // no key of the page's while it closes
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: /Novo atendimento/ })).toBeVisible();
  await page.keyboard.press('Escape');
  // The old password is no good any more; the new one is.
  await menu(page, 'Sair');
  await expect(page).toHaveURL(/entrar/);
  for (const [word, inside] of [
    [password, false],
    ['girassol-azul-77', true],
  ] as const) {
    await page.getByLabel('E-mail').fill('camila.duarte@auroramoveis.example');
    await page.getByLabel('Senha', { exact: true }).fill(word);
    await page.getByRole('button', { name: 'Entrar' }).click();
    await expect(
      inside
        ? page.getByRole('heading', { name: 'Atendimentos' })
        : page.getByText('E-mail ou senha incorretos'),
    ).toBeVisible();
  }
});

test('C1 C13 notifications lead to what is new; a pause is told to the team', async ({
  page,
  context,
  customer,
  complaints,
  desk,
}) => {
  await enter(page, 'bruno', '/contatos');
  await page.getByRole('button', { name: 'Notificações' }).click();
  const drawer = page.getByRole('dialog', { name: 'Notificações' });
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await expect(page.getByRole('button', { name: 'Notificações' })).not.toContainText('nov');
  const chat = await customer.chat('Dalva Peixoto');
  await customer.write(chat, 'Preciso de ajuda');
  await expect(page.getByRole('button', { name: 'Notificações' })).toContainText('1 notificação nova');
  await expect(page).toHaveTitle(/^\(\d+\) Prosa$/);
  await page.getByRole('button', { name: 'Notificações' }).click();
  const first = drawer.getByRole('listitem').first();
  await expect(first).toContainText('Dalva Peixoto');
  await expect(first).toContainText('Novo atendimento na sua fila');
  await first.getByRole('button').click();
  await expect(page.getByRole('region', { name: 'Conversa com Dalva Peixoto' })).toBeVisible();
  await expect(bubble(page, 'Preciso de ajuda')).toBeVisible();

  await page.getByRole('button', { name: 'Bruno Tavares, online' }).click();
  await page.getByRole('menuitem', { name: 'Pausar' }).click();
  await page.getByLabel('Motivo (opcional)').fill('Almoço');
  await page.getByRole('dialog').getByRole('button', { name: 'Pausar' }).click();
  await expect(page.getByRole('button', { name: 'Bruno Tavares, em pausa' })).toBeVisible();
  const fabio = await beside(context, 'fabio', complaints, desk);
  await fabio.goto('/equipe');
  await expect(fabio.getByRole('row').filter({ hasText: 'Bruno Tavares' })).toContainText('Almoço');
  await page.getByRole('button', { name: 'Bruno Tavares, em pausa' }).click();
  await page.getByRole('menuitem', { name: 'Voltar da pausa' }).click();
  await expect(page.getByRole('button', { name: 'Bruno Tavares, online' })).toBeVisible();

  // Handed over by the supervisor: told with her name.
  await fabio.goto('/atendimentos?tab=pending');
  await row(fabio, 'Dalva Peixoto').getByRole('link').click();
  await fabio.getByRole('button', { name: 'Transferir' }).click();
  const ask = fabio.getByRole('dialog');
  await ask.getByRole('combobox', { name: 'Fila' }).click();
  await fabio.getByRole('option', { name: 'Vendas' }).click();
  await ask.getByRole('combobox', { name: /Atendente/ }).click();
  await fabio.getByRole('option', { name: /Bruno Tavares/ }).click();
  await ask.getByRole('button', { name: 'Transferir' }).click();
  await page.getByRole('button', { name: 'Notificações' }).click();
  await expect(first).toContainText('Transferido para você · Fábio Mendes');
  await fabio.context().close();
});

test('C4 the search jumps to an old message; the palette finds a conversation; signing out with a draft asks', async ({
  page,
  customer,
}) => {
  test.slow();
  const chat = await customer.chat('Jurema Bastos');
  await customer.write(chat, 'Vocês vendem a cadeira Jabuticabeira?');
  for (let n = 1; n <= 70; n++) await customer.write(chat, `Recado ${n}`);
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await row(page, 'Jurema Bastos').hover();
  await row(page, 'Jurema Bastos').getByRole('button', { name: 'Aceitar' }).click();
  // So much unread: it opens where the reading starts.
  await expect(page.getByText('71 mensagens novas')).toBeInViewport();
  await page.getByRole('button', { name: 'Ir para a última mensagem' }).click();
  await expect(bubble(page, 'Recado 70')).toBeInViewport();
  await expect(bubble(page, 'Jabuticabeira')).toHaveCount(0);
  const search = page.getByRole('searchbox', { name: 'Buscar conversa ou mensagem' });
  await search.fill('jabuticab');
  const found = page.getByRole('region', { name: 'Resultados da busca' });
  await expect(found.locator('mark')).toHaveText('Jabuticabeira');
  await found.getByRole('link', { name: /Jabuticabeira/ }).click();
  const hit = bubble(page, 'Vocês vendem a cadeira');
  await expect(hit).toBeInViewport();
  await expect(hit).toHaveClass(/marked/);
  await page.getByRole('button', { name: 'Ir para a última mensagem' }).click();
  await expect(bubble(page, 'Recado 70')).toBeInViewport();
  for (const text of ['JUREMA', 'bastos']) {
    await search.fill(text);
    await expect(found.getByRole('link', { name: /Jurema Bastos/ }).first()).toBeVisible();
  }
  await search.press('Escape');
  await expect(found).toBeHidden();
  await page.goto('/contatos');
  await expect(page.getByRole('heading', { name: 'Contatos' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('jurema');
  const palette = page.getByRole('dialog', { name: 'Paleta de comandos' });
  await expect(palette.getByRole('option', { name: /Jurema Bastos nº/ })).toBeVisible();
  await palette.getByRole('option', { name: /Jurema Bastos nº/ }).click();
  await expect(page.getByRole('region', { name: 'Conversa com Jurema Bastos' })).toBeVisible();
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('jabuticab');
  await expect(page.getByRole('option', { name: /cadeira Jabuticabeira/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(hit).toBeInViewport();

  await composer(page).fill('Um segredo a meio caminho');
  await page.getByRole('button', { name: /Ana Ribeiro/ }).click();
  await page.getByRole('menuitem', { name: 'Sair' }).click();
  const ask = page.getByRole('dialog', { name: 'Sair e apagar rascunhos?' });
  await ask.getByRole('button', { name: 'Cancelar' }).click();
  await expect(composer(page)).toHaveValue('Um segredo a meio caminho');
  const address = page.url();
  await page.getByRole('button', { name: /Ana Ribeiro/ }).click();
  await page.getByRole('menuitem', { name: 'Sair' }).click();
  await ask.getByRole('button', { name: 'Sair e apagar' }).click();
  await expect(page).toHaveURL(/entrar/);
  const left = await page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opened = indexedDB.open('prosa');
        opened.onerror = () => reject(opened.error ?? new Error('no database'));
        opened.onsuccess = () => {
          const all = opened.result.transaction('drafts').objectStore('drafts').count();
          all.onsuccess = () => resolve(all.result);
        };
      }),
  );
  expect(left).toBe(0);
  await enter(page, 'ana', new URL(address).pathname);
  await expect(composer(page)).toHaveValue('');
});
