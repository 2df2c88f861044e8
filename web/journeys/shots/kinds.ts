import type { Page } from '@playwright/test';
import type { Stage } from './camera';

/** A picture of a shelf, drawn by the browser. */
const draw = (page: Page, type: string, size: [number, number]) =>
  page.evaluate(
    async ({ type, size: [width, height] }) => {
      const canvas = new OffscreenCanvas(width, height);
      const c = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      const round = type === 'image/webp';
      if (!round) {
        c.fillStyle = '#e9ddcb';
        c.fillRect(0, 0, width, height);
        c.fillStyle = '#b58a61';
        c.fillRect(0, height * 0.78, width, height);
      }
      c.fillStyle = '#5f8577';
      c.beginPath();
      c.roundRect(width * 0.18, height * 0.34, width * 0.64, height * 0.4, width * 0.08);
      c.fill();
      c.fillStyle = '#7fa596';
      c.beginPath();
      c.roundRect(width * 0.26, height * 0.52, width * 0.48, height * 0.16, width * 0.04);
      c.fill();
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.9 })).arrayBuffer());
      return [...bytes];
    },
    { type, size },
  );

function tone(): Buffer {
  const rate = 8000;
  const samples = rate * 7;
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  return data;
}

/** A conversation with one message of every kind a customer can send. */
export async function everyKind({ page, api, customer }: Stage, name: string): Promise<string> {
  const upload = async (kind: string, file: string, mimeType: string, buffer: Buffer) => {
    const answer = await api.post('/api/v1/media', {
      multipart: { kind, file: { name: file, mimeType, buffer } },
    });
    if (!answer.ok()) throw new Error(`${file}: ${answer.status()} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  };
  const photo = await upload(
    'image',
    'sala.jpg',
    'image/jpeg',
    Buffer.from(await draw(page, 'image/jpeg', [1200, 800])),
  );
  const tall = await upload(
    'image',
    'canto.jpg',
    'image/jpeg',
    Buffer.from(await draw(page, 'image/jpeg', [600, 900])),
  );
  const sticker = await upload(
    'sticker',
    'sofa.webp',
    'image/webp',
    Buffer.from(await draw(page, 'image/webp', [512, 512])),
  );
  const file = await upload(
    'document',
    'Planta baixa do apartamento 1204.pdf',
    'application/pdf',
    Buffer.from('%PDF-1.4\n%%EOF\n'),
  );
  const sound = await upload('audio', 'recado.wav', 'audio/wav', tone());
  const chat = await customer.chat(name);
  await customer.write(chat, 'Oi! Estou mobiliando a sala e queria ajuda com o *sofá*: cabe este aqui?');
  await customer.send(chat, { type: 'image', media_id: photo, body: 'A parede tem 3,20 m' });
  await customer.send(chat, { type: 'image', media_id: tall });
  await customer.send(chat, { type: 'document', media_id: file, body: 'A planta' });
  await customer.send(chat, { type: 'audio', media_id: sound });
  await customer.send(chat, {
    type: 'location',
    location: {
      latitude: -25.4411,
      longitude: -49.2908,
      name: 'Edifício Batel',
      address: 'Av. do Batel, 1230, Curitiba',
    },
  });
  await customer.send(chat, {
    type: 'contacts',
    contacts: [{ name: { formatted_name: 'Portaria do edifício' }, phones: [{ phone: '+55 41 3222-1010' }] }],
  });
  await customer.send(chat, { type: 'sticker', media_id: sticker });
  await customer.send(chat, { type: 'unsupported', unsupported: 'poll' });
  return chat;
}
