import { expect, it } from 'vitest';
import { kindOf } from './send';

const media = {
  image: { mime: ['image/jpeg', 'image/png'], max_bytes: 5 },
  video: { mime: ['video/mp4'], max_bytes: 16 },
  sticker: { mime: ['image/webp'], max_bytes: 1 },
  document: { mime: ['application/pdf', 'text/*'], max_bytes: 100 },
};
const file = (type: string) => ({ type }) as File;

it('sends a file as what the channel takes, else as a document', () => {
  expect(kindOf(file('image/png'), media)).toBe('image');
  expect(kindOf(file('video/mp4'), media)).toBe('video');
  expect(kindOf(file('image/webp'), media)).toBe('document');
  expect(kindOf(file('image/webp'), media, 'sticker')).toBe('sticker');
  expect(kindOf(file('image/png'), media, 'sticker')).toBeNull();
  expect(kindOf(file('image/png'), media, 'document')).toBe('document');
  expect(kindOf(file('text/csv'), media)).toBe('document');
  expect(kindOf(file('image/png'), {})).toBeNull();
});
