import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import { createOutbox, type Backend, type Entry } from './outbox';
import type { Message } from './types';

const entry = (id: string, ticket = 't', more: Partial<Entry> = {}): Entry => ({
  id,
  ticket,
  created: Number(id),
  body: { type: 'text', body: id },
  ...more,
});

function world(send: Backend['send'], kept: Entry[] = []) {
  const stored = new Map(kept.map((e) => [e.id, e]));
  const backend = {
    save: vi.fn(async (e: Entry) => void stored.set(e.id, { ...e })),
    remove: vi.fn(async (e: Entry) => void stored.delete(e.id)),
    load: async () => [...stored.values()],
    upload: vi.fn(async () => ({ id: 'm1' }) as never),
    send: vi.fn(send),
    sent: vi.fn(),
    refused: vi.fn(),
    pause: vi.fn(async () => undefined),
  } satisfies Backend;
  return { backend, stored, box: createOutbox(backend) };
}

const message = (e: Entry) => ({ id: `s${e.id}`, client_id: e.id }) as Message;
const settled = (box: ReturnType<typeof createOutbox>) =>
  vi.waitFor(() => {
    if (box.all().length) throw new Error('not empty');
  });

describe('outbox', () => {
  it('saves before it sends, then forgets', async () => {
    const { box, backend, stored } = world(async (e) => {
      expect(stored.has(e.id)).toBe(true);
      return message(e);
    });
    await box.add(entry('1'));
    await settled(box);
    expect(backend.sent).toHaveBeenCalledOnce();
    expect(stored.size).toBe(0);
  });

  it('keeps the order of a ticket and sends one at a time', async () => {
    let running = 0;
    const order: string[] = [];
    const { box } = world(async (e) => {
      expect(++running).toBe(1);
      await new Promise((r) => setTimeout(r, 5));
      running--;
      order.push(e.id);
      return message(e);
    });
    await Promise.all([box.add(entry('1')), box.add(entry('2')), box.add(entry('3'))]);
    await settled(box);
    expect(order).toEqual(['1', '2', '3']);
  });

  it('repeats with the same key after a lost connection or a 5xx', async () => {
    const keys: string[] = [];
    const { box, backend } = world(async (e) => {
      keys.push(e.id);
      if (keys.length === 1) throw new TypeError('fetch failed');
      if (keys.length === 2) throw new ApiError(503, 'unavailable');
      return message(e);
    });
    await box.add(entry('1'));
    await settled(box);
    expect(keys).toEqual(['1', '1', '1']);
    expect(backend.pause.mock.calls).toEqual([[0], [1]]);
  });

  it('gives a refused message back and goes on with the next', async () => {
    const { box, backend } = world(async (e) => {
      if (e.id === '1') throw new ApiError(422, 'window_closed');
      return message(e);
    });
    await Promise.all([box.add(entry('1')), box.add(entry('2'))]);
    await settled(box);
    expect(backend.refused).toHaveBeenCalledOnce();
    expect(backend.refused.mock.calls[0]?.[1]).toMatchObject({ code: 'window_closed' });
    expect(backend.sent).toHaveBeenCalledOnce();
  });

  it('one ticket does not hold up another', async () => {
    const done: string[] = [];
    const { box } = world(async (e) => {
      if (e.ticket === 'slow') await new Promise((r) => setTimeout(r, 30));
      done.push(e.id);
      return message(e);
    });
    await Promise.all([box.add(entry('1', 'slow')), box.add(entry('2', 'quick'))]);
    await settled(box);
    expect(done).toEqual(['2', '1']);
  });

  it('takes up what a closed tab left, in its order, and uploads a file once', async () => {
    const file = { blob: new Blob(['x']), name: 'a.txt', kind: 'document' };
    let first = true;
    const { box, backend } = world(
      async (e) => {
        if (e.file && first) {
          first = false;
          throw new ApiError(0, 'network');
        }
        return message(e);
      },
      [entry('2'), entry('1', 't', { file })],
    );
    await box.resume();
    await settled(box);
    expect(backend.sent.mock.calls.map((c) => (c[0] as Message).client_id)).toEqual(['1', '2']);
    expect(backend.upload).toHaveBeenCalledOnce();
  });

  it('forgets everything on signing out', async () => {
    const { box, stored } = world(() => new Promise<Message>(() => undefined));
    await box.add(entry('1'));
    await box.clear();
    expect(box.all()).toEqual([]);
    expect(stored.size).toBe(0);
  });
});
