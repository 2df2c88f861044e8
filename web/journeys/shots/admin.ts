import { OfficialLine } from '../meta';
import { both, expect, tour } from './camera';

tour('registers', both, async ({ page, shot, enter }) => {
  await enter('elisa', '/contatos');
  const opened = () => expect(page.getByRole('dialog').last()).toBeVisible();
  const rows = () => expect(page.locator('.tbl tbody tr[data-open]').first()).toBeVisible();
  await rows();
  await shot('13-contacts');
  await page.getByRole('button', { name: 'Beatriz Antunes', exact: true }).click();
  await opened();
  await shot('13-contact');
  await page.getByRole('tab', { name: 'Histórico' }).click();
  await shot('13-contact-history');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Adicionar contato' }).click();
  await opened();
  await shot('13-contact-new');
  await page.goto('/filas');
  await rows();
  await shot('14-queues');
  await page.getByRole('button', { name: 'Vendas', exact: true }).click();
  await opened();
  await shot('14-queue');
  await page.getByRole('tab', { name: 'Histórico' }).click();
  await shot('14-queue-history');
  await page.goto('/equipe');
  await rows();
  await shot('15-team');
  await page.getByRole('button', { name: 'Ana Ribeiro', exact: true }).click();
  await opened();
  await shot('15-person');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Adicionar pessoa' }).click();
  await opened();
  await shot('15-person-new');
  await page.keyboard.press('Escape');
  await page.goto('/equipe');
  await page.getByRole('tab', { name: /Times/ }).click();
  await expect(page.getByText('Nenhum time ainda')).toBeVisible();
  await shot('15-teams-empty');
  await page.getByRole('button', { name: 'Adicionar time' }).first().click();
  await opened();
  await shot('15-team-new');
});

tour('connections', both, async ({ page, url, api, shot, enter }) => {
  // Something the number's owner sent that nobody could read.
  const list = (await (await api.get('/api/v1/connections')).json()) as {
    items: { id: string; name: string }[];
  };
  expect(list.items.length).toBeGreaterThan(0);
  await enter('elisa', '/conexoes');
  const opened = () => expect(page.getByRole('dialog').last()).toBeVisible();
  await expect(page.locator('.tbl tbody tr[data-open]').first()).toBeVisible();
  await shot('05-connections-list');
  await page.getByRole('button', { name: 'WhatsApp Loja', exact: true }).click();
  await opened();
  await page.getByLabel('Nome', { exact: true }).fill('WhatsApp Entregas');
  await page.getByRole('button', { name: 'Salvar' }).click();
  await expect(page.getByRole('dialog').locator('.mantine-InputWrapper-error')).toBeVisible();
  await shot('05-connections');
  await page.getByRole('button', { name: 'Descartar' }).click();
  await page.getByRole('tab', { name: 'Saúde' }).click();
  await shot('05-connection-health');
  await page.getByRole('tab', { name: 'Histórico' }).click();
  await shot('05-connection-history');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Adicionar' }).click();
  await opened();
  await shot('05-connection-kinds');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /API oficial/ })
    .click();
  await expect(page.getByText('Onde encontro tudo isso?')).toBeVisible();
  await shot('05-connection-official');
  await page
    .locator('.dbody')
    .last()
    .evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await shot('05-connection-official-end');
  await page.goto('/conexoes');
  await page.getByRole('button', { name: 'Adicionar' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Conexão simulada/ })
    .click();
  await shot('05-connection-simulated');
  const line = await OfficialLine.add(url, 'WhatsApp Oficial');
  await line.revokes('wamid.um');
  await line.revokes('wamid.dois');
  await page.goto('/conexoes');
  await page.getByRole('button', { name: 'Ver não processados' }).click();
  await page.locator('.rawhead').first().click();
  await expect(page.getByLabel('Conteúdo como chegou')).toContainText('wamid');
  await shot('05-connections-events');
  await line.remove();
});

tour('settings', both, async ({ page, phone, shot, enter }) => {
  await enter('elisa', '/modelos');
  const opened = () => expect(page.getByRole('dialog').last()).toBeVisible();
  await expect(page.locator('.tbl tbody tr[data-open]').first()).toBeVisible();
  await shot('16-templates');
  await page.getByRole('button', { name: 'entrega_a_caminho' }).click();
  await opened();
  await shot('16-template');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'cupom_aniversario' }).click();
  await opened();
  await shot('16-template-refused');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Criar modelo' }).click();
  await opened();
  const form = page.getByRole('dialog').last();
  await form.getByLabel('Nome', { exact: true }).fill('aviso_de_retirada');
  await form.getByLabel('Mensagem', { exact: true }).fill('Olá, {{1}}! Seu pedido {{2}} já está na loja.');
  await shot('16-template-new');
  await form.locator('.dbody').evaluate((body) => body.scrollTo(0, body.scrollHeight));
  await shot('16-template-new-end');
  await page.goto('/configuracoes');
  await expect(page.getByLabel('Nome da empresa')).toBeVisible();
  await shot('17-settings');
  for (const [tab, name] of [
    ['Opções', '17-options'],
    ['Etiquetas', '17-tags'],
    ['Tipos de atendimento', '17-types'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await shot(name);
  }
  await page.getByRole('tab', { name: 'Etiquetas' }).click();
  await page.getByRole('button', { name: 'Troca', exact: true }).click();
  await opened();
  await shot('17-tag');
  await page.goto('/configuracoes');
  await page.getByRole('button', { name: 'Histórico de alterações' }).click();
  await opened();
  await shot('17-history');
  expect(phone).toBeDefined();
});
