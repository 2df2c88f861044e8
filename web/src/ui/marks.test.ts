import { expect, it } from 'vitest';
import { parseMarks } from './marks';

it('reads the marks of WhatsApp', () => {
  expect(parseMarks('Oi *Ana*!')).toEqual([
    { kind: 'text', text: 'Oi ' },
    { kind: 'bold', inner: [{ kind: 'text', text: 'Ana' }] },
    { kind: 'text', text: '!' },
  ]);
  expect(parseMarks('*_a_*')).toEqual([
    { kind: 'bold', inner: [{ kind: 'italic', inner: [{ kind: 'text', text: 'a' }] }] },
  ]);
  expect(parseMarks('```x*y*```')).toEqual([{ kind: 'code', text: 'x*y*' }]);
});

it('leaves names with underscores and lone stars alone', () => {
  expect(parseMarks('pedido_a_caminho')).toEqual([{ kind: 'text', text: 'pedido_a_caminho' }]);
  expect(parseMarks('2 * 3 * 4')).toEqual([{ kind: 'text', text: '2 * 3 * 4' }]);
});

it('finds addresses, and nothing of their marks', () => {
  expect(parseMarks('veja https://exemplo.com/a_b_c.')).toEqual([
    { kind: 'text', text: 'veja ' },
    { kind: 'link', text: 'https://exemplo.com/a_b_c' },
    { kind: 'text', text: '.' },
  ]);
  expect(parseMarks('*https://exemplo.com*')).toEqual([
    { kind: 'bold', inner: [{ kind: 'link', text: 'https://exemplo.com' }] },
  ]);
});
