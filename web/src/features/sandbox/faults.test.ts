import { expect, it } from 'vitest';
import { common, others, toggled } from './faults';

it('switches one fault and leaves the others', () => {
  const one = toggled([], 'delay', {});
  expect(one).toEqual([{ kind: 'delay', delay_ms: 2000 }]);
  const two = toggled(one, 'drop', {});
  expect(toggled(two, 'delay', { delay_ms: 5000 })).toEqual([
    { kind: 'drop' },
    { kind: 'delay', delay_ms: 5000 },
  ]);
  expect(toggled(two, 'drop', null)).toEqual(one);
});

it('lists every kind once', () => {
  expect(new Set([...common, ...others]).size).toBe(15);
});
