import { beside, enter, expect, test } from './desk';
import { OfficialLine } from './meta';

test('what could not be understood is kept, shown to administrators, tried again and given up', async ({
  page,
  context,
  complaints,
  desk,
}) => {
  const line = await OfficialLine.add(desk, 'WhatsApp Oficial');
  // A deletion that overtakes its message, and one whose message never comes.
  await line.revokes('wamid.first');
  await line.revokes('wamid.never');
  await enter(page, 'elisa', '/conexoes');
  await expect(
    page.getByText('2 eventos não foram interpretados. Estão guardados, nada se perdeu.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Ver não processados' }).click();
  const drawer = page.getByRole('dialog', { name: 'Eventos não processados' });
  const events = drawer.locator('.rawlist > li');
  await expect(events).toHaveCount(2);
  for (const event of await events.all())
    await event.getByRole('button', { name: 'Fala de uma mensagem que não temos' }).click();
  const early = events.filter({ hasText: '"wamid.first"' });
  const lost = events.filter({ hasText: '"wamid.never"' });
  await lost.getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(page.getByText('Ainda não: Fala de uma mensagem que não temos')).toBeVisible();

  // Once the message is here, trying again does what was wanted.
  await line.writes('wamid.first', 'Mandei errado');
  await early.getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(page.getByText('Evento processado')).toBeVisible();
  await expect(events).toHaveCount(1);
  await lost.getByRole('button', { name: 'Descartar' }).click();
  const sure = page.getByRole('dialog', { name: 'Descartar este evento?' });
  await sure.getByRole('button', { name: 'Descartar' }).click();
  await expect(drawer.getByText('Tudo entendido')).toBeVisible();
  await drawer.getByRole('button', { name: 'Fechar' }).click();
  await expect(page.getByText(/não foi interpretado|não foram interpretados/)).toHaveCount(0);

  // Nobody below an administrator hears of them.
  const fabio = await beside(context, 'fabio', complaints, desk);
  expect((await fabio.request.get('/api/v1/raw-events')).status()).toBe(403);
  await fabio.context().close();
  await line.remove();
});
