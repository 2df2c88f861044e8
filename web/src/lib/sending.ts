import { useSyncExternalStore } from 'react';
import { ownPrefix } from '@/app/session';
import { api, ok, problem, ApiError } from '@/api/client';
import { takeMessage } from '@/stream/apply';
import { giveBack } from './drafts';
import { errorText, toast } from './errors';
import * as idb from './idb';
import { createOutbox, type Entry, type Outbox } from './outbox';
import type { Me, Media } from './types';

/** Larger files are sent but not kept over a reload. */
const KEPT = 20 * 1024 * 1024;

export async function uploadMedia(blob: Blob, name: string, kind?: string): Promise<Media> {
  const form = new FormData();
  if (kind) form.set('kind', kind);
  form.set('file', blob, name);
  let response: Response;
  try {
    response = await fetch('/api/v1/media', { method: 'POST', body: form });
  } catch {
    throw new ApiError(0, 'network');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problem(response.status, answer);
  return answer as Media;
}

function backOnline(most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, most);
    addEventListener('online', done);
  });
}

let box: Outbox | null = null;
let owner = '';

/** The outbox of the signed-in user; it takes up what was left unsent. */
export function startOutbox(me: Me): Outbox {
  const prefix = ownPrefix(me);
  if (box && owner === prefix) return box;
  owner = prefix;
  const key = (entry: Entry) => `${prefix}${entry.ticket}/${entry.id}`;
  box = createOutbox({
    async save(entry) {
      if ((entry.file?.blob.size ?? 0) > KEPT) return;
      await idb.put('outbox', key(entry), entry).catch(() => undefined);
    },
    remove: (entry) => idb.remove('outbox', key(entry)).catch(() => undefined),
    load: async () => (await idb.list<Entry>('outbox', prefix)).map(([, entry]) => entry),
    upload: (file) => uploadMedia(file.blob, file.name, file.kind),
    send: (entry) =>
      ok(
        api.POST('/api/v1/tickets/{id}/messages', {
          params: { path: { id: entry.ticket }, header: { 'Idempotency-Key': entry.id } },
          body: entry.body,
        }),
      ),
    sent: takeMessage,
    refused(entry, error) {
      giveBack(me, entry.ticket, entry.body.body ?? '');
      toast(errorText(error), 'red');
    },
    pause: (attempt) => backOnline(Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5))),
  });
  void box.resume();
  return box;
}

export function outbox(): Outbox {
  if (!box) throw new Error('the outbox starts with the frame');
  return box;
}

export function useOutbox(ticket: string): readonly Entry[] {
  const it = outbox();
  return useSyncExternalStore(it.subscribe, () => it.entries(ticket));
}

export async function forgetOutbox(): Promise<void> {
  await box?.clear();
  box = null;
  owner = '';
}
