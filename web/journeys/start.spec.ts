import type { Page } from '@playwright/test';
import { add, bubble, choose, enter, expect, row, test } from './desk';

const panelOf = (page: Page) => page.getByRole('dialog', { name: /Novo atendimento/ });
const digits = () => `9${String(Date.now()).slice(-8)}`;

test('A1-A13 B2 the number field leads to the whole form; the ticket opens locked and a template goes', async ({
  page,
  customer,
}) => {
  await enter(page, 'ana');
  await page.getByLabel('Número para conversar').fill('123');
  await page.getByRole('button', { name: 'Conversar' }).click();
  await expect(page.getByText('Número inválido')).toBeVisible();
  const number = digits();
  await page.getByLabel('Número para conversar').fill(`(41) ${number}`);
  await page.getByLabel('Número para conversar').press('Enter');
  const panel = panelOf(page);
  await expect(panel.getByRole('listitem').filter({ hasText: 'Contato' })).toContainText(
    /\+55 41 9\d{4}-\d{4}/,
  );
  await panel.getByText('Formulário completo').click();
  const start = panel.getByRole('button', { name: 'Iniciar atendimento', exact: true }).last();
  await expect(panel.getByRole('textbox', { name: 'Telefone' })).toHaveValue(new RegExp(number));
  for (const kind of ['SMS', 'E-mail', 'VoIP']) {
    await choose(panel, 'Meio de comunicação', kind);
    await expect(panel.getByPlaceholder('Nenhuma conexão deste meio')).toBeVisible();
    await expect(start).toHaveAttribute('aria-disabled', 'true');
  }
  await choose(panel, 'Meio de comunicação', 'WhatsApp');
  await choose(panel, 'Originado por', /WhatsApp Loja/);
  await start.hover();
  await expect(page.getByRole('tooltip')).toContainText('Falta: Nome');
  await panel.getByRole('textbox', { name: 'Nome', exact: true }).fill('Sílvia Arantes');
  await choose(panel, 'Fila', 'Pós-venda');
  await choose(panel, 'Tipo de atendimento', 'Comercial');
  await add(panel, 'Etiquetas', 'VIP');
  // Nothing is lost by looking at the other way.
  await panel.getByText('Passo a passo').click();
  await expect(
    panel.getByRole('heading', { name: 'O que vamos enviar?' }).or(panel.getByText('Sílvia')),
  ).toBeVisible();
  await panel.getByText('Formulário completo').click();
  await expect(panel.getByRole('textbox', { name: 'Nome', exact: true })).toHaveValue('Sílvia Arantes');
  await start.click();
  await expect(panel).toBeHidden();

  await expect(page.getByRole('region', { name: 'Conversa com Sílvia Arantes' })).toBeVisible();
  await expect(page.getByText('A janela de 24 horas ainda não abriu')).toBeVisible();
  await expect(row(page, 'Sílvia Arantes')).toContainText('VIP');
  const side = page.getByRole('complementary', { name: 'Contato' });
  await expect(side.getByText('Pós-venda')).toBeVisible();
  await expect(side.getByRole('combobox', { name: 'Tipo de atendimento' })).toHaveValue('Comercial');
  await page.getByRole('button', { name: 'Enviar modelo' }).click();
  const drawer = page.getByRole('dialog', { name: 'Enviar modelo' });
  await drawer.getByRole('button', { name: /Boas vindas/ }).click();
  await expect(drawer.getByText('Mensagem inteira: 52 de 1.024 caracteres')).toBeVisible();
  await drawer.getByLabel(/^Parâmetro 1 · ex.: Ana/).fill('Sílvia');
  await expect(drawer.getByText('Mensagem inteira: 58 de 1.024 caracteres')).toBeVisible();
  await expect(drawer.getByRole('figure')).toContainText('Olá, Sílvia! Aqui é da Aurora Móveis.');
  await drawer.getByRole('button', { name: 'Enviar modelo' }).click();
  await expect(bubble(page, 'Olá, Sílvia!')).toHaveAttribute('data-status', /sent|delivered|read/);
  await expect(side.getByText('1 cobrada')).toBeVisible();
  const chat = await customer.find(number);
  await customer.sees(chat, 'Olá, Sílvia!');
});

test('A6 a record of what is done sends nothing; a pending one waits in the queue', async ({ page }) => {
  await enter(page, 'fabio');
  for (const [status, name, note] of [
    ['Finalizado', 'Registro de Balcão', 'Atendimento fechado'],
    ['Pendente', 'Retorno Marcado', 'Só leitura até aceitar'],
  ] as const) {
    await page.getByRole('button', { name: 'Novo atendimento' }).click();
    const panel = panelOf(page);
    await panel.getByText('Formulário completo').click();
    await panel.getByRole('textbox', { name: 'Nome', exact: true }).fill(name);
    await panel.getByRole('textbox', { name: 'Telefone' }).fill(`41 ${digits()}`);
    await choose(panel, 'Status do atendimento', status);
    await choose(panel, 'Fila', 'Vendas');
    await choose(panel, 'Tipo de atendimento', 'Suporte');
    await panel.getByRole('button', { name: 'Iniciar atendimento', exact: true }).last().click();
    await expect(page.getByRole('region', { name: `Conversa com ${name}` })).toBeVisible();
    await expect(page.getByText(note)).toBeVisible();
  }
});

test('B3-B11 the options menu, the picker, a new contact, only a template; going back loses nothing', async ({
  page,
  customer,
}) => {
  const live = await customer.chat('Mário Quintela');
  await customer.write(live, 'Oi');
  await enter(page, 'fabio');
  await page
    .getByRole('region', { name: 'Lista de atendimentos' })
    .getByRole('button', { name: 'Mais opções' })
    .click();
  await page.getByRole('menuitem', { name: 'Novo atendimento' }).click();
  const panel = panelOf(page);
  const find = panel.getByRole('searchbox', { name: 'Nome, e-mail ou telefone' });
  await expect(find).toBeFocused();
  for (const text of ['mario quint', 'MÁRIO']) {
    await find.fill(text);
    await expect(panel.locator('.picks button').filter({ hasText: 'Mário Quintela' })).toBeVisible();
  }
  // Whoever talks already is shown, not doubled.
  await panel.locator('.picks button').filter({ hasText: 'Mário Quintela' }).click();
  await panel.getByRole('button', { name: /^Iniciar atendimento Abre/ }).click();
  await panel.locator('.opt').filter({ hasText: 'Vendas' }).click();
  const submit = panel.locator('.df').getByRole('button', { name: 'Iniciar atendimento' });
  await panel.getByRole('button', { name: /Pedido pronto/ }).click();
  for (const [n, value] of ['Mário', '991', 'Batel'].entries())
    await panel.getByLabel(new RegExp(`^Parâmetro ${n + 1}`)).fill(value);
  await submit.click();
  await expect(panel.getByRole('alert')).toContainText('já tem um atendimento aberto');
  await page.getByRole('button', { name: 'Abrir', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Conversa com Mário Quintela' })).toBeVisible();

  await page.getByRole('button', { name: 'Novo atendimento' }).click();
  await panel.getByRole('button', { name: 'Novo contato' }).click();
  const form = page.getByRole('dialog', { name: 'Adicionar contato' });
  const number = digits();
  await form.getByLabel('Nome', { exact: true }).fill('Lara Furtado');
  await form.getByLabel('Telefone').fill(`41 ${number}`);
  await form.getByLabel('E-mail').fill(`lara${number}@exemplo.example`);
  await form.getByRole('button', { name: 'Criar contato' }).click();
  await panel.getByRole('button', { name: /Somente enviar modelo/ }).click();
  await panel.getByRole('button', { name: /Entrega a caminho/ }).click();
  const end = panel.locator('.df').getByRole('button', { name: 'Enviar modelo' });
  await expect(end).toHaveAttribute('aria-disabled', 'true');
  const values = { nome: 'Lara', pedido: '77', inicio: '8h', fim: '12h', 'Final do link': '77' };
  for (const [name, value] of Object.entries(values))
    await panel.getByLabel(new RegExp(`^${name}`, 'i')).fill(value);
  await expect(panel.getByRole('figure')).toContainText('Olá, Lara! O pedido 77 sai amanhã, entre 8h e 12h.');
  await expect(panel.getByText('por este envio')).toBeVisible();
  const steps = panel.getByRole('list', { name: 'Passo a passo' });
  await steps.getByRole('button', { name: /Contato Lara Furtado|Contato.*Lara/ }).click();
  await expect(panel.getByRole('heading', { name: 'Com quem você quer falar?' })).toBeVisible();
  for (const text of [number.slice(2, 7), `lara${number}@EX`]) {
    await find.fill(text);
    await expect(panel.locator('.picks button').filter({ hasText: 'Lara Furtado' })).toBeVisible();
  }
  await steps.getByRole('button', { name: /Parâmetros/ }).click();
  await expect(panel.getByLabel(/^pedido/i)).toHaveValue('77');
  await end.click();
  await expect(panel).toBeHidden();
  await expect(page.getByText('Modelo enviado')).toBeVisible();
  const chat = await customer.find(number);
  await customer.sees(chat, 'O pedido 77 sai amanhã');
  await expect(row(page, 'Lara Furtado')).toHaveCount(0);
  // The answer enters like any other.
  await customer.send(chat, { type: 'text', body: 'Pode entregar' });
  await page.goto('/atendimentos?tab=pending');
  await expect(row(page, 'Lara Furtado')).toContainText('Pode entregar');
});
