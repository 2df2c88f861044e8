import { expect, it } from 'vitest';
import { bodyOf, patchOf, valuesOf } from './values';

it('sends of a new contact only what was filled', () => {
  const values = { ...valuesOf(), name: 'Ana', phone: '+55 41 99999-0000', extra: [{ key: '', value: '' }] };
  expect(bodyOf(values)).toEqual({ name: 'Ana', phone: '+55 41 99999-0000', accepts_marketing: true });
});

it('changes only what differs, and empties what was emptied', () => {
  const before = { ...valuesOf(), name: 'Ana', phone: '+55 41 *****-0000', company: 'Aurora' };
  expect(patchOf({ ...before, company: '' }, before)).toEqual({ company: '' });
});
