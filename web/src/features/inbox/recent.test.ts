import { afterEach, describe, expect, it } from 'vitest';
import { queryClient } from '@/api/query';
import { noteOpened } from './recent';

const key = (noun: string, n: number) => [noun, `recent-${n}`];

afterEach(() => queryClient.clear());

describe('opened conversations', () => {
  it('stay loaded up to thirty; what has not been looked at for longest goes', () => {
    for (let n = 1; n <= 30; n++) {
      for (const noun of ['ticket', 'timeline', 'waiting']) queryClient.setQueryData(key(noun, n), {});
      noteOpened(`recent-${n}`);
    }
    noteOpened('recent-1');
    expect(queryClient.getQueryCache().getAll()).toHaveLength(90);
    noteOpened('recent-31');
    expect(queryClient.getQueryData(key('timeline', 1))).toBeDefined();
    for (const noun of ['ticket', 'timeline', 'waiting'])
      expect(queryClient.getQueryData(key(noun, 2))).toBeUndefined();
    expect(queryClient.getQueryCache().getAll()).toHaveLength(87);
  });
});
