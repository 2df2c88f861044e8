import { accepted, bubble, choose, enter, expect, test } from './desk';

test('B8 B9 D17a templates: synchronised, written with preview and counters, decided, sent, deleted', async ({
  page,
  customer,
}) => {
  test.slow();
  await enter(page, 'elisa', '/modelos');
  await page.getByRole('button', { name: 'Sincronizar' }).click();
  await expect(page.getByText('Modelos sincronizados')).toBeVisible();
  await page.getByRole('button', { name: 'Criar modelo' }).click();
  const form = page.getByRole('dialog', { name: 'Criar modelo' });
  const submit = form.getByRole('button', { name: 'Enviar para análise' });
  await submit.click();
  await expect(form.getByText('Falta corrigir o que está marcado.')).toBeVisible();
  await form.getByLabel('Nome').fill('Visita Técnica');
  await expect(form.getByLabel('Nome')).toHaveValue('visita_tecnica');
  await form.getByRole('group', { name: 'Cabeçalho' }).getByText('Texto', { exact: true }).click();
  await form.getByLabel('Texto do cabeçalho').fill('Visita de {{dia}}');
  await form.getByRole('textbox', { name: 'Exemplo de dia' }).fill('quinta');
  const body = form.getByLabel('Mensagem', { exact: true });
  await body.fill('{{nome}}, tudo certo?');
  await expect(form.getByText('não pode começar nem terminar com uma variável')).toBeVisible();
  await body.fill('Olá, {{nome}}! A visita foi marcada às {{hora}} e dura *uma hora*.');
  await expect(form.getByText('66 de 1024')).toBeVisible();
  await form.getByRole('textbox', { name: 'Exemplo de nome' }).fill('Vera');
  await form.getByRole('textbox', { name: 'Exemplo de hora' }).fill('14h');
  await form.getByLabel('Rodapé (opcional)').fill('Aurora Móveis');
  await form.getByRole('button', { name: 'Adicionar botão' }).click();
  await page.getByRole('menuitem', { name: 'Resposta rápida' }).click();
  await form.getByLabel('Texto do botão').fill('Pode vir');
  await form.getByRole('button', { name: 'Adicionar botão' }).click();
  await page.getByRole('menuitem', { name: 'Abrir site' }).click();
  await form.getByLabel('Texto do botão').last().fill('Ver no mapa');
  await form.getByLabel('Endereço').fill('https://auroramoveis.example/visita/{{1}}');
  await form.getByLabel('Exemplo do endereço completo').fill('https://auroramoveis.example/visita/77');
  const preview = form.getByRole('figure');
  await expect(preview).toContainText('Visita de quinta');
  await expect(preview).toContainText('Olá, Vera! A visita foi marcada às 14h e dura uma hora.');
  await expect(preview).toContainText('Pode vir');
  await submit.click();
  const drawer = page.getByRole('dialog', { name: /visita_tecnica/ });
  await expect(drawer.getByText('Em análise')).toBeVisible();
  await drawer.getByRole('button', { name: 'Recusar' }).click();
  await expect(drawer.getByText('A Meta recusou este modelo')).toBeVisible();
  await expect(drawer.getByRole('button', { name: 'Recusar' })).toHaveCount(0);
  await drawer.getByRole('button', { name: 'Aprovar' }).click();
  await expect(drawer.getByText('Aprovado', { exact: true })).toBeVisible();
  await drawer.getByRole('tab', { name: 'Histórico' }).click();
  await expect(drawer.getByRole('listitem').filter({ hasText: 'Elisa Prado criou o modelo' })).toBeVisible();
  await drawer.getByRole('button', { name: 'Fechar' }).click();

  // One with a code: Meta writes its text.
  await page.getByRole('button', { name: 'Criar modelo' }).click();
  await form.getByLabel('Nome').fill('codigo_de_acesso');
  await choose(form, 'Categoria', 'Autenticação');
  await expect(form.getByText('A Meta escreve o texto deste modelo.')).toBeVisible();
  await form.getByLabel('Validade do código (minutos)').fill('15');
  await expect(preview).toContainText('123456 é seu código de verificação.');
  await expect(preview).toContainText('Este código expira em 15 minutos.');
  await submit.click();
  const code = page.getByRole('dialog', { name: /codigo_de_acesso/ });
  await code.getByRole('button', { name: 'Aprovar' }).click();
  await expect(code.getByText('Aprovado', { exact: true })).toBeVisible();

  const chat = await accepted(page, customer, 'Vera Cardoso');
  await page.getByRole('button', { name: 'Enviar modelo' }).click();
  const send = page.getByRole('dialog', { name: 'Enviar modelo' });
  await send.getByRole('button', { name: /Visita tecnica/ }).click();
  await send.getByLabel(/^dia/).fill('amanhã');
  await expect(send.getByText('16 / 60')).toBeVisible();
  await send.getByLabel(/^hora/).fill('10h');
  await send.getByLabel(/^nome/).fill('Vera');
  await send.getByLabel('Final do link').fill('77');
  await send.getByRole('button', { name: 'Enviar modelo' }).click();
  await expect(bubble(page, 'A visita foi marcada às 10h')).toHaveAttribute(
    'data-status',
    /sent|delivered|read/,
  );
  await page.getByRole('button', { name: 'Enviar modelo' }).click();
  await send.getByRole('button', { name: /Codigo de acesso/ }).click();
  await send.getByLabel(/^Parâmetro 1/).fill('908172');
  await send.getByRole('button', { name: 'Enviar modelo' }).click();
  await customer.sees(chat, '908172');
  await expect(bubble(page, '908172')).toHaveAttribute('data-status', /sent|delivered|read/);

  await enter(page, 'elisa', '/modelos');
  for (const name of ['visita_tecnica', 'codigo_de_acesso']) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('button', { name: 'Excluir modelo' }).click();
    await page
      .getByRole('dialog', { name: `Excluir ${name}?` })
      .getByRole('button', { name: 'Excluir' })
      .click();
    await expect(page.getByText('Excluído').last()).toBeVisible();
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);
  }
});
