import { bubble, composer, enter, expect, row, test } from './desk';

test('a customer writes, an agent accepts, both talk, it is resolved and reopened', async ({
  page,
  customer,
}) => {
  await enter(page, 'ana', '/atendimentos?tab=pending');
  const chat = await customer.chat('Joana Prado');
  await customer.write(chat, 'Oi! Vocês entregam em Pinhais?');
  // No reload: the stream brings it.
  await expect(row(page, 'Joana Prado')).toBeVisible();
  await row(page, 'Joana Prado').getByRole('link').click();
  await expect(page.getByText('Só leitura até aceitar')).toBeVisible();
  await expect(bubble(page, 'entregam em Pinhais')).toBeVisible();
  await page
    .getByRole('region', { name: 'Conversa com Joana Prado' })
    .getByRole('button', { name: 'Aceitar' })
    .click();

  await composer(page).fill('Oi, Joana! Entregamos sim.');
  await composer(page).press('Enter');
  const sent = bubble(page, 'Entregamos sim');
  await expect(sent).toHaveAttribute('data-status', /delivered|read/);
  const id = await customer.sees(chat, 'Entregamos sim');
  await customer.set(chat, { open: true });
  await expect(sent).toHaveAttribute('data-status', 'read');

  await customer.send(chat, { type: 'reaction', target: id, emoji: '🎉' });
  await expect(sent).toContainText('🎉');
  await customer.write(chat, 'Que ótimo, *obrigada*');
  await expect(bubble(page, 'Que ótimo').locator('b', { hasText: 'obrigada' })).toBeVisible();

  await bubble(page, 'Que ótimo').hover();
  await bubble(page, 'Que ótimo').getByRole('button', { name: 'Opções da mensagem' }).click();
  await page.getByRole('menuitem', { name: 'Responder' }).click();
  await composer(page).fill('Qual é o CEP?');
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(bubble(page, 'Qual é o CEP?')).toContainText('Que ótimo');
  await expect(composer(page)).toHaveValue('');

  await page.getByRole('button', { name: 'Resolver' }).click();
  await expect(page.getByText('Atendimento fechado')).toBeVisible();
  await page.getByRole('button', { name: 'Desfazer' }).click();
  await expect(composer(page)).toBeVisible();
  await page.getByRole('button', { name: 'Retornar à fila' }).click();
  await expect(page.getByText('Só leitura até aceitar')).toBeVisible();
});

test('files, stickers, location, contact, buttons and lists go out', async ({ page, customer }) => {
  const chat = await customer.chat('Marina Lopes');
  await customer.write(chat, 'Olá');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await row(page, 'Marina Lopes').hover();
  await row(page, 'Marina Lopes').getByRole('button', { name: 'Aceitar' }).click();
  await expect(composer(page)).toBeVisible();

  await page.locator('[data-attach=document]').setInputFiles({
    name: 'tabela.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
  });
  await page.getByRole('button', { name: 'Enviar 1 arquivo' }).click();
  await expect(bubble(page, 'tabela.pdf')).toHaveAttribute('data-status', /sent|delivered|read/);

  await page.getByRole('button', { name: 'Anexar' }).click();
  await page.getByRole('menuitem', { name: 'Localização' }).click();
  await page.getByRole('textbox', { name: 'Onde' }).fill('-25.4372, -49.2700');
  await page.getByLabel('Nome do lugar').fill('Loja do Batel');
  await page.getByRole('dialog').getByRole('button', { name: 'Enviar' }).click();
  await expect(bubble(page, 'Loja do Batel')).toHaveAttribute('data-status', /sent|delivered|read/);

  await page.getByRole('button', { name: 'Anexar' }).click();
  await page.getByRole('menuitem', { name: 'Botões' }).click();
  await page.getByLabel('Texto da mensagem').fill('Qual loja fica melhor?');
  await page.getByPlaceholder('Opção 1').fill('Batel');
  await page.getByRole('button', { name: 'Mais uma opção' }).click();
  await page.getByPlaceholder('Opção 2').fill('Centro');
  await page.getByRole('dialog').getByRole('button', { name: 'Enviar' }).click();
  await expect(bubble(page, 'Qual loja fica melhor?')).toHaveAttribute('data-status', /sent|delivered|read/);
  const target = await customer.sees(chat, 'Qual loja');
  await customer.send(chat, { type: 'button_reply', target, choice: '2' });
  await expect(page.locator('[data-message]').last()).toContainText('Centro');
});

test('a message that fails says why and can be sent again', async ({ page, customer }) => {
  const chat = await customer.chat('Paulo Reis');
  await customer.write(chat, 'Alô');
  await enter(page, 'ana', '/atendimentos?tab=pending');
  await row(page, 'Paulo Reis').hover();
  await row(page, 'Paulo Reis').getByRole('button', { name: 'Aceitar' }).click();
  await customer.faults([{ kind: 'fail', on: 'messages' }]);
  await composer(page).fill('Esta não sai');
  await composer(page).press('Enter');
  await expect(bubble(page, 'Esta não sai').first()).toContainText('Não enviada:');
  await customer.faults([]);
  await page.getByRole('button', { name: 'Tentar de novo' }).click();
  await customer.sees(chat, 'Esta não sai');
});
