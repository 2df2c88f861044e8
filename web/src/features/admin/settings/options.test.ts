import { expect, it } from 'vitest';
import type { Setting, Settings } from '@/lib/types';
import { fieldsOf, groups, keys, optionsOf } from './options';

const setting = (key: string): Setting => ({
  key,
  type: 'bool',
  area: 'rights',
  default: false,
  features: [],
});

it('shows each setting once and nothing that the register does not know', () => {
  expect(new Set(keys).size).toBe(keys.length);
  expect(fieldsOf('rights', [setting('users_can_peek'), setting('typebot')]).map((f) => f.key)).toEqual([
    'users_can_peek',
  ]);
  expect(Object.keys(groups)).toHaveLength(5);
});

it('leaves what is not on the screen alone', () => {
  const values = { max_files: 5, typebot: true } as unknown as Settings;
  expect(optionsOf(values)).not.toHaveProperty('typebot');
  expect(optionsOf(values).max_files).toBe(5);
});
