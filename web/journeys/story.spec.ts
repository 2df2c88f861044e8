import { bubble, composer, enter, expect, row, test } from './desk';

test('C7 C9 C11 C12 C16 a customer writes, an agent accepts, both talk, it is resolved and reopened', async ({
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

test('C16 a message that fails says why and can be sent again', async ({ page, customer }) => {
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
