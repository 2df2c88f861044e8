import { expect, it } from 'vitest';
import { backoff } from './connection';

it('waits between one and thirty seconds, longer each time', () => {
  expect(backoff(0, 0)).toBe(1000);
  expect(backoff(0, 1)).toBe(1000);
  expect(backoff(3, 1)).toBe(8000);
  expect(backoff(3, 0)).toBe(4000);
  expect(backoff(50, 1)).toBe(30_000);
  expect(backoff(50, 0)).toBeGreaterThanOrEqual(15_000);
});
