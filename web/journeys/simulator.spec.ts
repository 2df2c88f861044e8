import { bubble, composer, enter, expect, row, test, turn } from './desk';
import { Phone } from './phone';

test('E3 D17 a simulated connection, its clock and faults; what was not understood is replayed or discarded; reset', async ({
  page,
  complaints,
}) => {
  test.slow();
  await enter(page, 'elisa', '/conexoes');
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Conexão simulada/ })
    .click();
  const form = page.getByRole('dialog', { name: /Conexão simulada/ });
  await form.getByRole('button', { name: 'Criar' }).click();
  await expect(form.getByText('Preencha este campo.')).toBeVisible();
  await form.getByLabel('Nome').fill('WhatsApp Feira');
  await form.getByRole('combobox', { name: 'Fila inicial' }).click();
  await page.getByRole('option', { name: 'Financeiro' }).click();
  await form.getByRole('button', { name: 'Criar' }).click();
  const drawer = page.getByRole('dialog', { name: /WhatsApp Feira/ });
  await expect(drawer.getByText('Conectada')).toBeVisible();
  await drawer.getByRole('button', { name: 'Verificar agora' }).click();
  await expect(page.getByText('Conexão verificada')).toBeVisible();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  const line = page.getByRole('row').filter({ hasText: 'WhatsApp Feira' });
  await expect(line).toContainText('Simulada');

  // Talking over it, with the clock turned forward.
  const phone = await Phone.open(page, complaints, 'WhatsApp Feira');
  await phone.create('Nadir Souto');
  await phone.write('Vocês estão na feira?');
  await page.bringToFront();
  await page.goto('/atendimentos?tab=pending');
  await row(page, 'Nadir Souto').hover();
  await row(page, 'Nadir Souto').getByRole('button', { name: 'Aceitar' }).click();
  const left = page.locator('[data-window]');
  await expect(left).toContainText('23h 5');
  const clock = async (button: string, shown: RegExp) => {
    await phone.page.bringToFront();
    await phone.controls().getByRole('button', { name: button }).click();
    await expect(phone.controls().getByText(shown)).toBeVisible();
    await page.bringToFront();
  };
  await clock('+1 h', /Janela 2[23]h/);
  await expect(left).toContainText('22h', { timeout: 20_000 });
  await clock('+12 h', /Janela 1[01]h/);
  await clock('10 min do fim', /Janela (9|10) min/);
  await expect(left).toContainText(/Janela (9|10) min/, { timeout: 20_000 });
  await clock('Fechar janela', /Janela fechada/);
  await expect(page.getByText('A janela de 24 horas está fechada')).toBeVisible({ timeout: 20_000 });
  await phone.write('Ainda estou aqui');
  await expect(left).toContainText('Janela 23h 5');

  // Faults: refused with its code, then lost and settled without a double.
  await phone.page.bringToFront();
  await phone.turn('Recusar envio', true);
  await phone.controls().getByRole('combobox', { name: 'Valor de: Recusar envio' }).click();
  await phone.page.getByRole('option', { name: /131047/ }).click();
  await expect(phone.controls().getByText('1 ligada')).toBeVisible();
  await page.bringToFront();
  await composer(page).fill('Uma resposta');
  await composer(page).press('Enter');
  await expect(bubble(page, 'Uma resposta')).toContainText('a janela de 24 horas fechou');
  await phone.page.bringToFront();
  await phone.turn('Recusar envio', false);
  await phone.turn('Entregar em dobro', true);
  await phone.turn('Trocar a ordem', true);
  await expect(phone.controls().getByText('2 ligadas')).toBeVisible();
  await phone.write('Uma pergunta só');
  await page.bringToFront();
  await expect(bubble(page, 'Uma pergunta só')).toBeVisible();

  // Switched off, what arrives is kept as it came.
  await page.goto('/conexoes');
  const off = async (on: boolean) => {
    await page.getByRole('button', { name: 'WhatsApp Feira' }).click();
    await turn(drawer, 'Conexão ligada', on);
    await drawer.getByRole('button', { name: 'Salvar' }).click();
    await expect(drawer).toBeHidden();
  };
  await off(false);
  await expect(line).toContainText('Desligada');
  await phone.page.bringToFront();
  await phone.turn('Entregar em dobro', false);
  await phone.turn('Trocar a ordem', false);
  for (const text of ['Tem desconto?', 'Deixa pra lá']) await phone.write(text);
  await page.bringToFront();
  await page.reload();
  await page.getByRole('button', { name: 'Ver não processados' }).click();
  const raw = page.getByRole('dialog', { name: 'Eventos não processados' });
  const events = raw.getByRole('listitem').filter({ hasText: 'WhatsApp Feira' });
  await expect(events).toHaveCount(2);
  await events
    .first()
    .getByRole('button', { name: /Conexão desligada/ })
    .click();
  await expect(raw.getByLabel('Conteúdo como chegou')).toContainText('"text"');
  const kept = await raw.getByLabel('Conteúdo como chegou').innerText();
  await events.first().getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(page.getByText('Ainda não: Conexão desligada')).toBeVisible();
  await expect(events.first()).toContainText('1 tentativa');
  await events.first().getByRole('button', { name: 'Descartar' }).click();
  await page
    .getByRole('dialog', { name: 'Descartar este evento?' })
    .getByRole('button', { name: 'Descartar' })
    .click();
  await expect(events).toHaveCount(1);
  await raw.getByRole('button', { name: 'Fechar' }).click();
  await off(true);
  await page.getByRole('button', { name: 'Ver não processados' }).click();
  await events.first().getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(page.getByText('Evento processado')).toBeVisible();
  await expect(events).toHaveCount(0);
  await raw.getByRole('button', { name: 'Fechar' }).click();
  await page.goto('/atendimentos');
  await row(page, 'Nadir Souto').getByRole('link').click();
  const [came, lost] = kept.includes('Tem desconto?')
    ? ['Deixa pra lá', 'Tem desconto?']
    : ['Tem desconto?', 'Deixa pra lá'];
  await expect(bubble(page, came)).toBeVisible();
  await expect(bubble(page, lost)).toHaveCount(0);

  await phone.page.bringToFront();
  await phone.page.getByRole('main').getByRole('button', { name: 'Mais opções' }).click();
  await phone.page.getByRole('menuitem', { name: 'Recomeçar do zero' }).click();
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Recomeçar do zero' }).click();
  await expect(phone.page.getByText('Nenhum cliente ainda')).toBeVisible();
  await page.bringToFront();
  await expect(row(page, 'Nadir Souto')).toBeVisible();
});
