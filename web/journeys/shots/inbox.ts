import { bubble, composer } from '../desk';
import { both, expect, row, tour } from './camera';

tour('inbox', both, async ({ page, phone, shot, enter, talk }) => {
  const back = async () => {
    if (phone) await page.getByRole('link', { name: 'Voltar à lista' }).click();
  };
  await enter('ana');
  await expect(row(page, 'Mariana Albuquerque')).toBeVisible();
  await shot(phone ? '07-phone-open' : '01-inbox-none');
  await talk('Mariana Albuquerque');
  await shot(phone ? '07-phone-chat' : '01-inbox');
  await composer(page).fill('Não precisa, a equipe cuida de tudo');
  await shot(phone ? '07-phone-writing' : '01-inbox-writing');
  await composer(page).fill('');
  await page.locator('[data-message]').first().hover();
  await page.mouse.wheel(0, -3000);
  if (phone) await expect(page.getByRole('button', { name: 'Ir para a última mensagem' })).toBeVisible();
  await shot('01-inbox-top');
  await back();
  await talk('Rafael Moura');
  await shot(phone ? '07-phone-locked' : '02-inbox-locked');
  await composer(page).fill('Posso reservar o tecido para você até segunda');
  await shot('02-inbox-locked-writing');
  await composer(page).fill('');
  await page.getByRole('button', { name: 'Editar mensagem' }).first().click();
  await shot('02-waiting-edit');
  await page.keyboard.press('Escape');
  await back();
  await talk('Padaria Dois Irmãos');
  await shot('01-inbox-failed');
  await back();
  await page.getByRole('link', { name: /Pendentes/ }).click();
  await expect(row(page, 'Priscila Amorim')).toBeVisible();
  if (!phone) await row(page, 'Construtora Horizonte').hover();
  await shot(phone ? '07-phone-list' : '01-inbox-pending');
  await talk('Priscila Amorim');
  await shot('01-inbox-peek');
  await back();
  await page.getByRole('link', { name: /Fechados/ }).click();
  await talk('Sônia Krüger');
  await shot('01-inbox-closed');
  await back();
  await page.getByRole('searchbox', { name: 'Buscar conversa ou mensagem' }).fill('mesa');
  await expect(page.getByRole('region', { name: 'Resultados da busca' })).toBeVisible();
  await shot('12-search');
  await page.getByRole('searchbox', { name: 'Buscar conversa ou mensagem' }).fill('guarda-chuva');
  await expect(page.getByText('Nada encontrado para')).toBeVisible();
  await shot('12-search-none');
  await page.goto('/atendimentos/1');
  await expect(page.getByText('não está mais com você')).toBeVisible();
  await shot('09-gone');
});

tour('inbox dialogs', both, async ({ page, phone, shot, enter, talk }) => {
  await enter('ana');
  await talk('Mariana Albuquerque');
  const option = async (name: string) => {
    if (phone) {
      await page
        .getByRole('region', { name: /Conversa com/ })
        .getByRole('button', { name: 'Mais opções' })
        .click();
      await page.getByRole('menuitem', { name }).click();
    } else await page.getByRole('button', { name, exact: true }).click();
  };
  await option('Transferir');
  await page
    .getByRole('dialog')
    .getByRole('combobox')
    .or(page.getByRole('dialog').getByRole('textbox'))
    .first()
    .click();
  await page.getByRole('option', { name: 'Entregas' }).click();
  await shot('11-transfer');
  await page.getByRole('button', { name: 'Cancelar', exact: true }).click();
  if (phone) {
    await page.getByRole('button', { name: 'Ver contato Mariana Albuquerque' }).click();
    await expect(page.getByRole('complementary', { name: 'Contato' })).toBeVisible();
    await shot('01-panel');
  }
  await page.getByRole('button', { name: 'Logs' }).click();
  await expect(page.locator('.loglist li').first()).toBeVisible();
  await shot('01-panel-log');
  await page.getByRole('button', { name: 'Etiqueta', exact: true }).click();
  await expect(page.getByRole('menuitemcheckbox').first()).toBeVisible();
  await shot('01-panel-tags');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Editar contato' }).click();
  await expect(page.getByRole('dialog', { name: /Mariana/ })).toBeVisible();
  await shot('13-contact-of-ticket');
  await page.keyboard.press('Escape');
  if (phone) {
    await page.goto('/atendimentos');
    await talk('Mariana Albuquerque');
  }
  for (const [item, name] of [
    ['Localização', '10-location'],
    ['Contato', '10-contact'],
    ['Botões', '10-buttons'],
    ['Lista', '10-list'],
  ] as const) {
    await page.getByRole('button', { name: 'Anexar' }).click();
    if (item === 'Localização') {
      await expect(page.getByRole('menuitem', { name: 'Lista' })).toBeVisible();
      await shot('10-attach');
    }
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await shot(name);
    await page.keyboard.press('Escape');
  }
  await page.locator('[data-attach=document]').setInputFiles([
    {
      name: 'termo-de-troca-48213.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
    },
    {
      name: 'Tabela de tecidos e preços da linha Ipanema.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
    },
  ]);
  await expect(page.getByRole('button', { name: 'Enviar 2 arquivos' })).toBeVisible();
  await shot('10-files');
  if (!phone) {
    await page.goto('/atendimentos');
    await talk('Mariana Albuquerque');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await expect(page.locator('.eone:visible').first()).toBeVisible();
    await shot('10-emoji');
    await page.keyboard.press('Escape');
  }
  await page.goto('/atendimentos');
  await talk('Rafael Moura');
  await page.getByRole('button', { name: 'Resolver' }).click();
  await expect(page.getByRole('dialog', { name: /Resolver/ })).toBeVisible();
  await shot('11-resolve');
  await page.getByRole('button', { name: 'Cancelar', exact: true }).click();
  await page.goto('/atendimentos');
  await talk('Otávio Lins');
  await page.getByRole('button', { name: 'Resolver' }).click();
  await expect(page.getByRole('button', { name: 'Desfazer' })).toBeVisible();
  await shot('11-resolved');
});

tour('every kind', both, async (stage) => {
  const { page, customer, phone, shot, enter } = stage;
  await enter('ana', '/atendimentos?tab=pending');
  const { everyKind } = await import('./kinds');
  const chat = await everyKind(stage, 'Joana Prado');
  await row(page, 'Joana Prado').hover();
  await row(page, 'Joana Prado').getByRole('button', { name: 'Aceitar' }).click();
  await expect(composer(page)).toBeVisible();
  await expect(bubble(page, 'não mostra aqui').or(bubble(page, 'não suportada')).first()).toBeVisible();
  await shot('01-kinds-end');
  await composer(page).fill('Oi, Joana! Cabe sim: ele tem *2,60 m*. Quer que eu separe?');
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(bubble(page, 'Cabe sim')).toHaveAttribute('data-status', /delivered|read/);
  await page.getByRole('button', { name: 'Anexar' }).click();
  await page.getByRole('menuitem', { name: 'Botões' }).click();
  await page.getByLabel('Texto da mensagem').fill('Qual loja fica melhor para você?');
  await page.getByPlaceholder('Opção 1').fill('Batel');
  await page.getByRole('button', { name: 'Mais uma opção' }).click();
  await page.getByPlaceholder('Opção 2').fill('Água Verde');
  await page.getByRole('dialog').getByRole('button', { name: 'Enviar' }).click();
  await expect(bubble(page, 'Qual loja')).toHaveAttribute('data-status', /delivered|read/);
  const asked = await customer.sees(chat, 'Qual loja');
  await customer.send(chat, { type: 'button_reply', target: asked, choice: '1' });
  await customer.send(chat, { type: 'reaction', target: asked, emoji: '👍' });
  await expect(bubble(page, 'Qual loja').first()).toContainText('👍');
  await customer.faults([{ kind: 'fail', on: 'messages' }]);
  await composer(page).fill('Combinado, até amanhã');
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(bubble(page, 'Combinado').first()).toContainText('Não enviada:');
  await customer.faults([]);
  await expect(bubble(page, 'Batel').last()).toBeVisible();
  await shot('01-kinds-talk');
  await bubble(page, 'Cabe sim').hover();
  await bubble(page, 'Cabe sim').getByRole('button', { name: 'Opções da mensagem' }).click();
  await shot('01-bubble-menu');
  await page.getByRole('menuitem', { name: 'Detalhes' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await shot('11-detail');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('log').or(page.locator('.tl')).first().hover();
  for (const [i, y] of [-620, -620, -3000].entries()) {
    await page.mouse.wheel(0, y);
    await shot(`01-kinds-${i + 1}`);
  }
  await page.getByRole('button', { name: 'Abrir foto' }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await shot('11-viewer');
  if (phone) return;
  await page.keyboard.press('Escape');
  await customer.send(chat, { type: 'text', body: 'A última pergunta' });
});
