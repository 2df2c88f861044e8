import { expect, it } from 'vitest';
import { queryClient } from '@/api/query';
import type { Counters, StreamFrame } from '@/lib/types';
import { applyFrame } from './apply';
import { readBeside, watchAnswers } from './replay';

const counters = (open: number) => ({ open, pending: 0, closed: 0, unread: 0 }) as Counters;
const frame = (open: number) => ({ type: 'counters', counters: counters(open) }) as StreamFrame;
const take = (f: StreamFrame) => applyFrame(f, { notice: () => undefined, ended: () => undefined });

/** An answer that is given when the test says so. */
function answer<T>() {
  let give: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (give = resolve));
  return { promise, give };
}

it('an answer does not undo a frame that overtook it', async () => {
  const stop = watchAnswers(queryClient);
  const slow = answer<Counters>();
  take(frame(1)); // before the question: the answer knows better
  const asked = queryClient.fetchQuery({ queryKey: ['counters'], queryFn: () => slow.promise, staleTime: 0 });
  slow.give(counters(5));
  await asked;
  expect(queryClient.getQueryData(['counters'])).toEqual(counters(5));

  const slower = answer<Counters>();
  const again = queryClient.fetchQuery({
    queryKey: ['counters'],
    queryFn: () => slower.promise,
    staleTime: 0,
  });
  take(frame(7));
  slower.give(counters(6));
  await again;
  expect(queryClient.getQueryData(['counters'])).toEqual(counters(7));
  stop();
});

it('neither does a page', async () => {
  const page = answer<Counters>();
  const key = ['counters'];
  const reading = readBeside(
    queryClient,
    key,
    () => page.promise,
    (found) => queryClient.setQueryData(key, found),
  );
  take(frame(9));
  page.give(counters(8));
  await reading;
  expect(queryClient.getQueryData(key)).toEqual(counters(9));
});
