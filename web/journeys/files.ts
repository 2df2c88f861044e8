import { crc32, deflateSync } from 'node:zlib';

// Files for the journeys, made here: small, real and nobody's.

const word = (n: number) => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n >>> 0);
  return b;
};

/** A picture of one colour. */
export function png(width: number, height: number, [r, g, b]: [number, number, number]): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    return Buffer.concat([word(data.length), body, word(crc32(body))]);
  };
  const head = Buffer.concat([word(width), word(height), Buffer.from([8, 2, 0, 0, 0])]);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([r, g, b]))]);
  const lines = Buffer.concat(Array.from({ length: height }, () => line));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The checksum of Ogg pages (RFC 3533): not the one of zlib. */
function oggSum(page: Buffer): number {
  let sum = 0;
  for (const byte of page) {
    sum = (sum ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1) >>> 0;
  }
  return sum;
}

function oggPage(at: number, kind: number, granule: number, packets: Buffer[]): Buffer {
  const head = Buffer.alloc(27);
  head.write('OggS');
  head[5] = kind;
  head.writeBigUInt64LE(BigInt(granule), 6);
  head.writeUInt32LE(7, 14);
  head.writeUInt32LE(at, 18);
  head[26] = packets.length;
  const page = Buffer.concat([head, Buffer.from(packets.map((p) => p.length)), ...packets]);
  page.writeUInt32LE(oggSum(page), 22);
  return page;
}

/** A voice note: Opus, one channel, so many seconds of silence. */
export function voiceNote(seconds: number): Buffer {
  const head = Buffer.from([...Buffer.from('OpusHead'), 1, 1, 56, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const maker = Buffer.from('prosa');
  const tags = Buffer.concat([
    Buffer.from('OpusTags'),
    Buffer.from([maker.length, 0, 0, 0]),
    maker,
    Buffer.alloc(4),
  ]);
  const silence = Buffer.from([0xf8, 0xff, 0xfe]); // 20 ms
  const pages = [oggPage(0, 2, 0, [head]), oggPage(1, 0, 0, [tags])];
  for (let s = 1; s <= seconds; s++)
    pages.push(oggPage(s + 1, s === seconds ? 4 : 0, s * 48_000, Array<Buffer>(50).fill(silence)));
  return Buffer.concat(pages);
}

/** A transparent sticker of one pixel. */
export const webp = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');

export const photo = (name: string, colour: [number, number, number] = [12, 107, 97]) => ({
  name,
  mimeType: 'image/png',
  buffer: png(320, 240, colour),
});
export const pdf = (name: string) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
});
export const sticker = { name: 'figurinha.webp', mimeType: 'image/webp', buffer: webp };
export const voice = { name: 'recado.ogg', mimeType: 'audio/ogg', buffer: voiceNote(3) };
