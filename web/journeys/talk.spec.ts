import { accepted, bubble, composer, enter, expect, row, test } from './desk';
import { pdf, photo, sticker, voice } from './files';
import { Phone } from './phone';

test('C7 C8 C16 all a customer sends from the phone: shown, opened, heard, taken back', async ({
  page,
  complaints,
}) => {
  test.slow();
  await enter(page, 'ana', '/atendimentos?tab=pending');
  const phone = await Phone.open(page, complaints);
  await phone.create('Heloísa Pacheco');
  await phone.write('Oi, comprei aí ontem');
  await page.bringToFront();
  await row(page, 'Heloísa Pacheco').getByRole('button', { name: 'Aceitar' }).click();
  await composer(page).fill('Oi, Heloísa! Como posso ajudar?');
  await composer(page).press('Enter');

  // Pictures: two of them, to leaf through.
  await phone.page.bringToFront();
  await phone.screen().getByLabel('Mensagem', { exact: true }).fill('Olha o risco');
  await phone.attach('Foto ou vídeo', photo('risco.png'));
  await expect(phone.bubble('Olha o risco')).toBeVisible();
  await phone.attach('Foto ou vídeo', photo('tampo.png', [180, 60, 30]));
  await phone.attach('Documento', pdf('nota fiscal.pdf'));
  await phone.attach('Áudio', voice);
  await phone.attach('Figurinha', sticker);
  await phone.attach('Localização');
  await phone.attach('Contato');
  await phone.attach('Algo que não sabemos mostrar');
  await phone.react('Como posso ajudar?', '❤️');
  await phone.option('Como posso ajudar?', 'Responder');
  await phone.write('É a mesa Jatobá');
  await phone.write('Ops, mensagem errada');
  await expect(bubble(page, 'Ops, mensagem errada')).toBeVisible();
  await phone.option('Ops, mensagem errada', 'Apagar para todos');

  await page.bringToFront();
  await expect(bubble(page, 'Mensagem apagada')).toBeVisible();
  await expect(bubble(page, 'Ops, mensagem errada')).toBeHidden();
  const answer = bubble(page, 'É a mesa Jatobá');
  await expect(answer).toContainText('Como posso ajudar?');
  await expect(bubble(page, 'Como posso ajudar?').first()).toContainText('❤️');
  await expect(bubble(page, 'Mensagem que o WhatsApp não mostra aqui (poll_creation)')).toBeVisible();
  await expect(bubble(page, 'Renata Farias')).toContainText('+55 41 99917-3365');
  await expect(bubble(page, 'Praça do Japão')).toContainText('-25.44120, -49.27660');
  const figure = page.getByRole('img', { name: 'Figurinha' });
  await expect.poll(() => figure.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBeGreaterThan(0);

  const note = page.locator('[data-message]').filter({ has: page.locator('.aud') });
  await note.getByRole('button', { name: 'Velocidade 1×' }).click();
  await expect(note).toContainText('0:03');
  await note.getByRole('button', { name: 'Ouvir' }).click();
  await expect
    .poll(() => note.getByRole('slider').evaluate((s: HTMLInputElement) => Number(s.value)))
    .toBeGreaterThan(0);

  const download = page.waitForEvent('download');
  await bubble(page, 'nota fiscal.pdf').getByRole('link').click();
  expect((await download).suggestedFilename()).toBe('nota fiscal.pdf');

  await bubble(page, 'Olha o risco').getByRole('button', { name: 'Abrir foto' }).click();
  const viewer = page.getByRole('dialog');
  const large = viewer.locator('.vstage img');
  await expect.poll(() => large.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(320);
  const first = await large.getAttribute('src');
  await page.keyboard.press('ArrowRight');
  await expect(large).not.toHaveAttribute('src', first ?? '');
  await expect(viewer.getByRole('button', { name: 'Próxima' })).toBeDisabled();
  await expect(viewer.getByRole('link', { name: 'Baixar' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
});

test('C16 all an agent sends: files three ways, sticker, place, card, buttons, list, reaction', async ({
  page,
  customer,
  complaints,
}) => {
  test.slow();
  const chat = await accepted(page, customer, 'Marina Lopes');
  const phone = await Phone.open(page, complaints);
  await phone.choose('Marina Lopes');
  await page.bringToFront();
  const went = (text: string) =>
    expect(bubble(page, text).last()).toHaveAttribute('data-status', /delivered|read/);
  const clip = async (entry: string) => {
    await page.getByRole('button', { name: 'Anexar' }).click();
    await page.getByRole('menuitem', { name: entry, exact: true }).click();
  };
  const dialog = page.getByRole('dialog');
  const send = () => dialog.getByRole('button', { name: 'Enviar', exact: true }).click();

  // Picked, with a caption and one taken out again; pasted; dropped.
  const asked = page.waitForEvent('filechooser');
  await clip('Foto ou vídeo');
  await (await asked).setFiles([photo('sala.png'), photo('fora.png')]);
  await page.getByRole('button', { name: 'Tirar fora.png' }).click();
  await page.getByRole('textbox', { name: 'Legenda (opcional)' }).fill('Assim fica na sala');
  await page.getByRole('button', { name: 'Enviar 1 arquivo' }).click();
  await went('Assim fica na sala');
  for (const [event, name] of [
    ['paste', 'colada.png'],
    ['drop', 'solta.png'],
  ] as const) {
    const bytes = photo(name).buffer.toString('base64');
    await composer(page).evaluate(
      (field, [kind, file, data]) => {
        const carried = new DataTransfer();
        const raw = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        carried.items.add(new File([raw], file, { type: 'image/png' }));
        const common = { bubbles: true, cancelable: true };
        field.dispatchEvent(
          kind === 'paste'
            ? new ClipboardEvent(kind, { ...common, clipboardData: carried })
            : new DragEvent(kind, { ...common, dataTransfer: carried }),
        );
      },
      [event, name, bytes] as const,
    );
    await expect(page.getByRole('button', { name: `Tirar ${name}` })).toBeVisible();
    await page.getByRole('button', { name: 'Enviar 1 arquivo' }).click();
    await expect(page.getByRole('button', { name: `Tirar ${name}` })).toBeHidden();
  }
  await page.locator('[data-attach=document]').setInputFiles(pdf('tabela.pdf'));
  await page.getByRole('button', { name: 'Enviar 1 arquivo' }).click();
  await went('tabela.pdf');
  await page.locator('[data-attach=sticker]').setInputFiles(sticker);
  await page.getByRole('button', { name: 'Enviar 1 arquivo' }).click();
  await expect(page.getByRole('img', { name: 'Figurinha' })).toBeVisible();

  await clip('Localização');
  await page.getByRole('textbox', { name: 'Onde' }).fill('perto da praça');
  await expect(dialog.getByText('Não achamos coordenadas no texto.')).toBeVisible();
  const link = 'https://www.google.com/maps/place/Batel/@-25.4372,-49.27,17z/data=!3d-25.4372!4d-49.2700';
  await page.getByRole('textbox', { name: 'Onde' }).fill(link);
  await page.getByLabel('Nome do lugar').fill('Loja do Batel');
  await send();
  await went('Loja do Batel');
  await clip('Contato');
  await dialog.getByLabel('Nome').fill('Oficina do Beto');
  await dialog.getByLabel('Telefone').fill('41 99811-2020');
  await send();
  await went('Oficina do Beto');

  await clip('Botões');
  await page.getByLabel('Texto da mensagem').fill('Qual loja fica melhor?');
  for (const [i, name] of ['Batel', 'Centro', 'Portão'].entries()) {
    if (i > 0) await page.getByRole('button', { name: 'Mais uma opção' }).click();
    await page.getByPlaceholder(`Opção ${i + 1}`).fill(name);
  }
  await expect(page.getByRole('button', { name: 'Mais uma opção' })).toBeHidden();
  await send();
  await went('Qual loja fica melhor?');

  await clip('Lista');
  await page.getByLabel('Texto da mensagem').fill('Que horário prefere?');
  await page.getByLabel('Botão que abre a lista').fill('Ver horários');
  for (let n = 1; n <= 10; n++) {
    if (n > 1) await page.getByRole('button', { name: 'Mais uma opção' }).click();
    await page.getByPlaceholder(`Opção ${n}`, { exact: true }).fill(`${n + 8} horas`);
  }
  await page.getByLabel('Descrição da opção 10').fill('última visita do dia');
  await expect(page.getByRole('button', { name: 'Mais uma opção' })).toBeHidden();
  await send();
  await went('Que horário prefere?');

  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('searchbox', { name: 'Buscar emoji' }).fill('sofá');
  await page.getByRole('gridcell').first().click();
  await expect(composer(page)).toHaveValue(/\p{Extended_Pictographic}/u);
  await composer(page).fill('');
  await bubble(page, 'Oi!').hover();
  await bubble(page, 'Oi!').getByRole('button', { name: 'Opções da mensagem' }).click();
  await page.getByRole('menuitem', { name: 'Reagir com 👍' }).click();
  await expect(bubble(page, 'Oi!')).toContainText('👍');

  // The phone has it all, and taps.
  await phone.page.bringToFront();
  await expect(phone.bubble('Oi!')).toContainText('👍');
  await expect(phone.bubble('Assim fica na sala').locator('img')).toBeVisible();
  await phone.bubble('Qual loja').getByRole('button', { name: 'Centro' }).click();
  await phone.bubble('Que horário').getByRole('button', { name: 'Ver horários' }).click();
  await phone.page.getByRole('radio', { name: '18 horas' }).check();
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Enviar' }).click();
  await page.bringToFront();
  const tapped = page.locator('[data-message]:not(:has(.ticks))');
  await expect(tapped.filter({ hasText: 'Centro' })).toContainText('Qual loja fica melhor?');
  await expect(tapped.filter({ hasText: '18 horas' })).toContainText('última visita do dia');
  const kinds = (await customer.messages(chat)).filter((m) => m.direction === 'out').map((m) => m.view.type);
  expect(kinds).toEqual([
    ...['image', 'image', 'image', 'document', 'sticker', 'location', 'contacts', 'interactive'],
    ...['interactive', 'reaction'],
  ]);
});

test('C8 C16 ticks follow the phone; the detail tells times, reason and what is charged', async ({
  page,
  customer,
  complaints,
}) => {
  await accepted(page, customer, 'Otávio Brandt');
  const phone = await Phone.open(page, complaints);
  await phone.choose('Otávio Brandt');
  await phone.turn('Conversa na tela', false);
  await phone.turn('Confirmar entrega', false);
  await page.bringToFront();
  const detail = async (text: string) => {
    await bubble(page, text).hover();
    await bubble(page, text).getByRole('button', { name: 'Opções da mensagem' }).click();
    await page.getByRole('menuitem', { name: 'Detalhes' }).click();
    return page.getByRole('dialog', { name: 'Detalhes' });
  };
  const value = (name: string) =>
    page.getByRole('dialog').locator('dl div').filter({ hasText: name }).locator('dd');
  await composer(page).fill('Chegou o orçamento?');
  await expect(phone.screen().getByText('digitando…')).toBeVisible();
  await composer(page).press('Enter');
  const sent = bubble(page, 'Chegou o orçamento?');
  await expect(sent).toHaveAttribute('data-status', 'sent');
  await phone.page.bringToFront();
  await phone.turn('Confirmar entrega', true);
  await page.bringToFront();
  await expect(sent).toHaveAttribute('data-status', 'delivered');
  await phone.page.bringToFront();
  await phone.turn('Conversa na tela', true);
  await page.bringToFront();
  await expect(sent).toHaveAttribute('data-status', 'read');
  const shown = await detail('Chegou o orçamento?');
  for (const name of ['Enviada', 'Entregue', 'Lida'])
    await expect(value(name).last()).toHaveText(/\d{2}:\d{2}:\d{2}/);
  await expect(value('Autor')).toHaveText('Ana Ribeiro');
  await expect(value('Id no WhatsApp')).toHaveText(/^wamid\./);
  await expect(value('Cobrança')).toHaveText('Serviço · sem custo');
  await page.keyboard.press('Escape');
  await expect(shown).toBeHidden();

  await phone.page.bringToFront();
  await phone.turn('Falhar depois de aceitar', true);
  const code = phone.controls().getByRole('combobox', { name: 'Valor de: Falhar depois de aceitar' });
  await code.click();
  await phone.page.getByRole('option', { name: /131049/ }).click();
  await expect(code).toHaveValue(/131049/);
  await page.bringToFront();
  await composer(page).fill('Oferta da semana');
  await composer(page).press('Enter');
  await expect(bubble(page, 'Oferta da semana')).toContainText('a Meta limitou mensagens de marketing');
  await detail('Oferta da semana');
  await expect(value('Motivo')).toContainText('a Meta limitou mensagens de marketing');
  await expect(value('Código do provedor')).toHaveText('131049');
  await page.keyboard.press('Escape');
  await phone.page.bringToFront();
  await phone.turn('Falhar depois de aceitar', false);
  await expect(phone.controls().getByText('1 ligada')).toBeHidden();
});
