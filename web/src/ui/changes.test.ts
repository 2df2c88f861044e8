import { describe, expect, it } from 'vitest';
import { changesOf } from './changes';
import { changes, concerns } from './useForm';
import { freeColor, palette } from './palette';

describe('history', () => {
  it('lists what changed, hides secrets and skips structures', () => {
    const found = changesOf({
      type: 'connection.updated',
      data: { changes: { name: ['A', 'B'], access_token: [], health: [{}, { a: '1' }] } },
    });
    expect(found).toEqual([
      { field: 'name', before: 'A', after: 'B', hidden: false },
      { field: 'access_token', before: undefined, after: undefined, hidden: true },
    ]);
  });

  it('says of a new record only what it has', () => {
    const found = changesOf({
      type: 'user.created',
      data: { changes: { name: [null, 'Ana'], teams: [null, []], default: [null, false], email: [] } },
    });
    expect(found.map((c) => c.field)).toEqual(['name']);
  });
});

describe('form', () => {
  it('sends only what differs', () => {
    expect(changes({ name: 'B', queues: ['1'], on: true }, { name: 'A', queues: ['1'], on: true })).toEqual({
      name: 'B',
    });
  });
  it('knows the parts of a field', () => {
    expect(concerns('settings.access_token', 'settings')).toBe(true);
    expect(concerns('components[1].text', 'components')).toBe(true);
    expect(concerns('name_suffix', 'name')).toBe(false);
  });
  it('offers a free colour', () => {
    expect(freeColor([palette[0].toLowerCase()])).toBe(palette[1]);
    expect(palette).toContain(freeColor([...palette]));
  });
});
