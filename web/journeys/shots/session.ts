import { people } from '../desk';
import { both, expect, tour } from './camera';

tour('session', both, async ({ page, shot, enter }) => {
  await page.goto('/entrar');
  await page.getByLabel('E-mail').fill(people.ana);
  await shot('08-login');
  await page.getByLabel('Senha', { exact: true }).fill('errada');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible();
  await shot('08-login-refused');
  await page.getByRole('button', { name: 'Esqueci a senha' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await shot('08-forgotten');
  await enter('elisa', '/inicio');
  await expect(page.getByText('3 de 3')).toBeVisible();
  await shot('08-setup-done');
  await page.goto('/nada');
  await expect(page.getByText('Esta página não existe')).toBeVisible();
  await shot('09-missing');
});

tour('empty installation', both, async ({ page, shot }) => {
  await page.goto('/');
  await page.getByLabel('Nome da empresa').fill('Oficina Sol');
  await shot('08-first-run');
  await page.getByLabel('Seu nome').fill('Rita Sampaio');
  await page.getByLabel('E-mail').fill('rita@oficinasol.example');
  await page.getByLabel('Senha', { exact: true }).fill('girassol-amarelo-31');
  await page.getByRole('button', { name: 'Criar empresa' }).click();
  await expect(page.getByRole('heading', { name: 'Boas-vindas, Rita' })).toBeVisible();
  await shot('08-setup-start');
  await page.getByRole('button', { name: 'Ligar o simulador' }).click();
  await expect(page.getByText('Simulador ligado')).toBeVisible();
  await shot('08-setup');
  await page.goto('/atendimentos');
  await expect(page.getByText('Nada em aberto')).toBeVisible();
  await shot('09-inbox-empty');
  for (const [path, words, name] of [
    ['/contatos', 'Nenhum contato ainda', '13-contacts-empty'],
    ['/filas', 'Nenhuma fila ainda', '14-queues-empty'],
  ] as const) {
    await page.goto(path);
    await expect(page.getByText(words)).toBeVisible();
    await shot(name);
  }
  await page.goto('/sandbox');
  await expect(page.getByText('Nenhum cliente ainda')).toBeVisible();
  await shot('06-sandbox-empty');
});
