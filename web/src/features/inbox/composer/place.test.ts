import { expect, it } from 'vitest';
import { coordinates } from './place';

it.each([
  ['-25.4372, -49.2700', -25.4372, -49.27],
  ['-25.4372 -49.27', -25.4372, -49.27],
  [
    'https://www.google.com/maps/place/Batel/@-25.44,-49.29,17z/data=!3m1!4b1!4m6!3m5!8m2!3d-25.4425!4d-49.2901',
    -25.4425,
    -49.2901,
  ],
  ['https://www.google.com/maps/@-25.44,-49.29,15z', -25.44, -49.29],
  ['https://maps.google.com/?q=-25.44,-49.29', -25.44, -49.29],
  ['https://www.openstreetmap.org/#map=16/-25.44/-49.29', -25.44, -49.29],
])('reads %s', (text, latitude, longitude) => expect(coordinates(text)).toEqual({ latitude, longitude }));

it('refuses what is no place', () => {
  expect(coordinates('Batel')).toBeNull();
  expect(coordinates('95, 10')).toBeNull();
  expect(coordinates('https://maps.app.goo.gl/abc')).toBeNull();
});
