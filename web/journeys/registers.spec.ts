import { add, beside, choose, composer, enter, expect, people, row, test, turn } from './desk';
import type { Locator, Page } from '@playwright/test';

const drawerOf = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });
const open = async (page: Page, name: string) => {
  await page.getByRole('button', { name, exact: true }).click();
  return drawerOf(page, new RegExp(name));
};
const save = async (drawer: Locator, action = 'Salvar') => {
  await drawer.getByRole('button', { name: action, exact: true }).click();
  await expect(drawer).toBeHidden();
};
/** The history tells who changed what. */
const told = async (drawer: Locator, words: RegExp) => {
  await drawer.getByRole('tab', { name: 'Histórico' }).click();
  await expect(drawer.getByRole('listitem').filter({ hasText: words }).first()).toBeVisible();
};
const remove = async (page: Page, drawer: Locator, title: string, name: string) => {
  await drawer.getByRole('button', { name: title }).click();
  await drawerOf(page, title).getByRole('button', { name: 'Excluir', exact: true }).click();
  await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);
};

test('D43 D44 E6-E14 queues, people and teams: made, changed, told, deleted; each sees what is hers', async ({
  page,
  context,
  complaints,
  desk,
}) => {
  test.slow();
  await enter(page, 'elisa', '/filas');
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  const fresh = drawerOf(page, 'Adicionar fila');
  await fresh.getByLabel('Nome').fill('Vendas');
  await fresh.getByRole('button', { name: 'Criar' }).click();
  await expect(fresh.getByText('Este nome já está em uso.')).toBeVisible();
  await fresh.getByLabel('Nome').fill('Assistência');
  await save(fresh, 'Criar');
  let drawer = await open(page, 'Assistência');
  await drawer.getByLabel('Nome').fill('Assistência técnica');
  await page.keyboard.press('Escape');
  const leave = drawerOf(page, 'Sair sem salvar?');
  await leave.getByRole('button', { name: 'Continuar aqui' }).click();
  await save(drawer);
  drawer = await open(page, 'Assistência técnica');
  await told(drawer, /Elisa Prado mudou a fila.*Assistência.*Assistência técnica/s);
  await drawer.getByRole('button', { name: 'Fechar' }).click();

  // A person with a password made here, told once.
  await page.goto('/equipe');
  await page.getByRole('button', { name: 'Adicionar pessoa' }).click();
  const form = drawerOf(page, 'Adicionar pessoa');
  const email = `gil${Date.now()}@auroramoveis.example`;
  await form.getByLabel('Nome', { exact: true }).fill('Gil Sarmento');
  await form.getByLabel('E-mail').fill(people.ana);
  await form.getByRole('button', { name: 'Gerar uma senha' }).click();
  await form.getByRole('button', { name: 'Criar' }).click();
  await expect(form.getByText('Este e-mail já está em uso.')).toBeVisible();
  await form.getByLabel('E-mail').fill(email);
  await expect(form.getByText('Sem fila, esta pessoa só vê o que for atribuído a ela.')).toBeVisible();
  await form.getByRole('button', { name: 'Criar' }).click();
  const handed = drawerOf(page, 'Acesso de Gil Sarmento');
  const secret = await handed.locator('dd.mono').innerText();
  await handed.getByRole('button', { name: 'Já copiei' }).click();

  // The team gives the queue.
  await page.getByRole('tab', { name: /Times/ }).click();
  await page.getByRole('button', { name: 'Adicionar time' }).first().click();
  const team = drawerOf(page, 'Adicionar time');
  await team.getByLabel('Nome').fill('Turno da noite');
  await add(team, 'Pessoas', 'Gil Sarmento');
  await add(team, 'Filas', 'Assistência técnica');
  await choose(team, 'Líder', 'Gil Sarmento');
  await save(team, 'Criar');

  // Gil signs in: the desk alone, with his queue; administration does not exist for him.
  const browser = page.context().browser();
  const own = await browser?.newContext({ baseURL: desk, locale: 'pt-BR' });
  if (!own) throw new Error('no browser');
  const gil = await own.newPage();
  await gil.goto('/entrar');
  await gil.getByLabel('E-mail').fill(email);
  await gil.getByLabel('Senha', { exact: true }).fill(secret);
  await gil.getByRole('button', { name: 'Entrar' }).click();
  const rail = gil.getByRole('navigation', { name: 'Principal' });
  await expect(rail.getByRole('link', { name: 'Contatos' })).toBeVisible();
  for (const name of ['Conexões', 'Filas', 'Equipe', 'Modelos', 'Configurações'])
    await expect(rail.getByRole('link', { name })).toHaveCount(0);
  await gil.getByRole('link', { name: /Pendentes/ }).click();
  await expect(gil.getByText('Ninguém esperando')).toBeVisible();
  await gil.goto('/equipe');
  await expect(gil.getByRole('heading', { name: 'Esta página não existe' })).toBeVisible();

  // A supervisor organises people, but nobody above them, and deletes nobody.
  const fabio = await beside(context, 'fabio', complaints, desk);
  const his = fabio.getByRole('navigation', { name: 'Principal' });
  for (const name of ['Conexões', 'Filas', 'Equipe', 'Modelos', 'Configurações'])
    await expect(his.getByRole('link', { name })).toBeVisible();
  await fabio.goto('/equipe');
  drawer = await open(fabio, 'Gil Sarmento');
  await expect(drawer.getByRole('button', { name: 'Excluir Gil Sarmento?' })).toHaveCount(0);
  await drawer.getByRole('combobox', { name: 'Perfil de acesso' }).click();
  await expect(fabio.getByRole('option')).toHaveText(['Atendente']);
  await fabio.keyboard.press('Escape');
  await add(drawer, 'Filas', 'Vendas');
  await save(drawer);
  await gil.goto('/atendimentos?tab=pending');
  await expect(row(gil, 'Priscila Amorim')).toBeVisible();
  await fabio.goto('/configuracoes');
  await expect(fabio.getByRole('tab')).toHaveText([/Etiquetas/, /Tipos de atendimento/]);
  await fabio.context().close();

  // Off, he is out at once; then all of it goes.
  await page.getByRole('tab', { name: /Pessoas/ }).click();
  drawer = await open(page, 'Gil Sarmento');
  await turn(drawer, 'Ativo', false);
  await save(drawer);
  await expect(gil.getByRole('button', { name: 'Entrar' })).toBeVisible();
  await own.close();
  drawer = await open(page, 'Gil Sarmento');
  await told(drawer, /Elisa Prado mudou a pessoa.*Ativo/s);
  await remove(page, drawer, 'Excluir Gil Sarmento?', 'Gil Sarmento');
  await page.getByRole('tab', { name: /Times/ }).click();
  drawer = await open(page, 'Turno da noite');
  await remove(page, drawer, 'Excluir o time Turno da noite?', 'Turno da noite');
  await page.goto('/filas');
  drawer = await open(page, 'Vendas');
  await drawer.getByRole('button', { name: 'Excluir a fila Vendas?' }).click();
  const sure = drawerOf(page, 'Excluir a fila Vendas?');
  await sure.getByRole('button', { name: 'Excluir', exact: true }).click();
  await expect(sure.getByText('A fila tem atendimentos vivos.')).toBeVisible();
  await sure.getByRole('button', { name: 'Cancelar' }).click();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  drawer = await open(page, 'Assistência técnica');
  await remove(page, drawer, 'Excluir a fila Assistência técnica?', 'Assistência técnica');
});

test('C29 D29 D36 E5 tags, types, company and options: changed and told, at work at once', async ({
  page,
  customer,
}) => {
  test.slow();
  await enter(page, 'elisa', '/configuracoes');
  const name = page.getByLabel('Nome da empresa');
  await expect(name).toHaveValue('Aurora Móveis');
  await name.fill('Aurora Móveis e Cia');
  await choose(page, 'Fuso horário', /Manaus/);
  await page.getByRole('link', { name: 'Contatos' }).click();
  await drawerOf(page, 'Sair sem salvar?').getByRole('button', { name: 'Continuar aqui' }).click();
  await page.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByText('Alterações não salvas')).toBeHidden();
  await page.getByRole('button', { name: 'Histórico de alterações' }).click();
  const past = drawerOf(page, 'Histórico de alterações');
  await expect(past.getByRole('listitem').first()).toContainText(
    /Elisa Prado mudou os dados da empresa.*Aurora Móveis e Cia/s,
  );
  await past.getByRole('button', { name: 'Fechar' }).click();
  await name.fill('Aurora Móveis');
  await choose(page, 'Fuso horário', /Sao_Paulo|São Paulo/);
  await page.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByText('Alterações não salvas')).toBeHidden();

  await page.getByRole('tab', { name: 'Opções' }).click();
  await turn(page, 'Esconder telefones', true);
  await page.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByText('Alterações não salvas')).toBeHidden();

  await page.getByRole('tab', { name: 'Tipos de atendimento' }).click();
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  const type = drawerOf(page, 'Adicionar tipo');
  await type.getByLabel('Nome').fill('Montagem');
  await save(type, 'Criar');
  await page.getByRole('tab', { name: 'Etiquetas' }).click();
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  const tag = drawerOf(page, 'Adicionar etiqueta');
  await tag.getByLabel('Nome').fill('Urgente');
  await save(tag, 'Criar');

  // At work: on the ticket's card, with masked numbers for plain users.
  const chat = await customer.chat('Breno Lacerda');
  await customer.write(chat, 'Oi');
  await enter(page, 'bruno', '/atendimentos?tab=pending');
  await row(page, 'Breno Lacerda').hover();
  await row(page, 'Breno Lacerda').getByRole('button', { name: 'Aceitar' }).click();
  const side = page.getByRole('complementary', { name: 'Contato' });
  await expect(side).toContainText(/\+?55.*[•*]/);
  await choose(side, 'Tipo de atendimento', 'Montagem');
  await side.getByRole('button', { name: 'Etiqueta', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Urgente' }).click();
  await page.keyboard.press('Escape');
  await expect(row(page, 'Breno Lacerda')).toContainText('Urgente');
  await side.getByRole('button', { name: 'Logs' }).click();
  for (const words of ['mudou as etiquetas', 'mudou o tipo de atendimento', 'aceitou'])
    await expect(side.getByRole('listitem').filter({ hasText: words }).first()).toBeVisible();

  await enter(page, 'elisa', '/configuracoes?aba=options');
  await turn(page, 'Esconder telefones', false);
  await page.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByText('Alterações não salvas')).toBeHidden();
  await page.getByRole('tab', { name: 'Tipos de atendimento' }).click();
  let drawer = await open(page, 'Montagem');
  await drawer.getByRole('button', { name: 'Excluir o tipo Montagem?' }).click();
  const sure = drawerOf(page, 'Excluir o tipo Montagem?');
  await sure.getByRole('button', { name: 'Excluir', exact: true }).click();
  await expect(sure.getByText('Está em uso e não pode ser apagado.')).toBeVisible();
  await sure.getByRole('button', { name: 'Cancelar' }).click();
  await turn(drawer, 'Ativo', false);
  await save(drawer);
  drawer = await open(page, 'Montagem');
  await told(drawer, /Elisa Prado mudou o tipo.*Ativo/s);
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await page.getByRole('tab', { name: 'Etiquetas' }).click();
  drawer = await open(page, 'Urgente');
  await expect(drawer.getByText('Está em uso: desative em vez de excluir.')).toBeVisible();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  await tag.getByLabel('Nome').fill('Passageira');
  await save(tag, 'Criar');
  drawer = await open(page, 'Passageira');
  await told(drawer, /Elisa Prado criou a etiqueta/);
  await remove(page, drawer, 'Excluir a etiqueta Passageira?', 'Passageira');
});

test('C5 C17 D03 a contact: found, changed, told; blocked, its messages stay outside; deleted', async ({
  page,
  customer,
}) => {
  const chat = await customer.chat('Tadeu Pires');
  await customer.write(chat, 'Oi');
  await enter(page, 'fabio', '/atendimentos?tab=pending');
  await row(page, 'Tadeu Pires').hover();
  await row(page, 'Tadeu Pires').getByRole('button', { name: 'Aceitar' }).click();
  await page.getByRole('button', { name: 'Editar contato' }).click();
  let drawer = drawerOf(page, /Tadeu Pires/);
  await drawer.getByLabel('Nome', { exact: true }).fill('Tadeu Pires Neto');
  await drawer.getByLabel('E-mail').fill('tadeu@');
  await drawer.getByRole('button', { name: 'Salvar' }).click();
  await expect(drawer.getByText('E-mail inválido.')).toBeVisible();
  await drawer.getByLabel('E-mail').fill('tadeu.pires@exemplo.example');
  await add(drawer, 'Etiquetas', 'Atacado');
  await choose(drawer, 'Carteira', 'Bruno Tavares');
  await save(drawer);
  await expect(page.getByRole('region', { name: 'Conversa com Tadeu Pires Neto' })).toBeVisible();

  await page.goto('/contatos');
  await page.getByRole('searchbox', { name: 'Buscar por nome, telefone ou e-mail' }).fill('TADEU pires');
  const line = page.getByRole('row').filter({ hasText: 'Tadeu Pires Neto' });
  await expect(line).toContainText('Atacado');
  drawer = await open(page, 'Tadeu Pires Neto');
  await told(drawer, /Fábio Mendes mudou o contato.*Nome.*Atacado/s);
  await drawer.getByRole('button', { name: 'Bloquear', exact: true }).click();
  const ask = drawerOf(page, 'Bloquear Tadeu Pires Neto?');
  await ask.getByRole('button', { name: 'Bloquear', exact: true }).click();
  await expect(ask).toBeHidden();
  await expect(drawer.getByText('Bloqueado')).toBeVisible();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await customer.write(chat, 'Alguém?');
  await page.goto('/atendimentos');
  await row(page, 'Tadeu Pires Neto').getByRole('link').click();
  await expect(page.getByText('O contato está bloqueado.')).toBeVisible();
  await expect(page.locator('[data-message]').filter({ hasText: 'Alguém?' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Editar contato' }).click();
  await drawer.getByRole('button', { name: 'Desbloquear', exact: true }).click();
  const unblock = drawerOf(page, /^Desbloquear/);
  await unblock.getByRole('button', { name: 'Desbloquear', exact: true }).click();
  await expect(unblock).toBeHidden();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await expect(composer(page)).toBeVisible();
  await customer.write(chat, 'Agora sim');
  await expect(page.locator('[data-message]').filter({ hasText: 'Agora sim' })).toBeVisible();

  // What somebody already has isn't made twice; whoever has nothing open may be deleted.
  await page.goto('/contatos');
  await page.getByRole('button', { name: 'Adicionar contato' }).click();
  const form = drawerOf(page, 'Adicionar contato');
  await form.getByLabel('Nome', { exact: true }).fill('Outro Tadeu');
  await form.getByLabel('E-mail').fill('tadeu.pires@exemplo.example');
  await form.getByRole('button', { name: 'Criar contato' }).click();
  await expect(form.getByText('Já existe um contato com este dado.')).toBeVisible();
  await form.getByLabel('E-mail').fill('outro.tadeu@exemplo.example');
  await form.getByRole('button', { name: 'Criar contato' }).click();
  await expect(form).toBeHidden();
  drawer = await open(page, 'Outro Tadeu');
  await drawer.getByRole('button', { name: 'Excluir contato' }).click();
  await drawerOf(page, 'Excluir Outro Tadeu?').getByRole('button', { name: 'Excluir', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Outro Tadeu', exact: true })).toHaveCount(0);
});
