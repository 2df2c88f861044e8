import { describe, expect, it } from 'vitest';
import { callName, formatPhone } from './phone';

describe('a number', () => {
  it.each([
    ['5541998124470', '+55 41 99812-4470'],
    ['+55 (41) 998124470', '+55 41 99812-4470'],
    ['554133228080', '+55 41 3322-8080'],
    ['12125550123', '+1 212 555-0123'],
    ['351912345678', '+351912345678'],
    ['+55 41 9••••-••70', '+55 41 9••••-••70'],
    ['', ''],
  ])('%s is shown as %s', (text, shown) => expect(formatPhone(text)).toBe(shown));
});

describe('somebody', () => {
  it.each([
    ['Mariana Albuquerque', 'Mariana'],
    ['  Ana', 'Ana'],
    ['+55 (41) 998124470', '+55 41 99812-4470'],
    ['5541998124470', '+55 41 99812-4470'],
  ])('%s is called %s', (name, called) => expect(callName(name)).toBe(called));
});
