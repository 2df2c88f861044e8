import { ApiError } from '@/api/client';
import type { Media, Message, MessageNew } from './types';

/** A message on its way from the composer to the server. */
export interface Entry {
  /** Idempotency-Key of the request and client_id of the message. */
  id: string;
  ticket: string;
  created: number;
  body: MessageNew;
  file?: { blob: Blob; name: string; kind: string };
  /** What a reply quotes, for the bubble. */
  quoted?: { excerpt: string; author: string };
}

export interface Backend {
  save: (entry: Entry) => Promise<void>;
  remove: (entry: Entry) => Promise<void>;
  load: () => Promise<Entry[]>;
  upload: (file: NonNullable<Entry['file']>) => Promise<Media>;
  send: (entry: Entry) => Promise<Message>;
  sent: (message: Message, entry: Entry) => void;
  refused: (entry: Entry, error: ApiError) => void;
  pause: (attempt: number) => Promise<void>;
}

export interface Outbox {
  add: (entry: Entry) => Promise<void>;
  resume: () => Promise<void>;
  entries: (ticket: string) => readonly Entry[];
  all: () => readonly Entry[];
  subscribe: (listener: () => void) => () => void;
  clear: () => Promise<void>;
}

const none: readonly Entry[] = [];

/**
 * Sends in order, one message at a time per ticket. What the network lost is
 * sent again with the same key; what the server refused goes back.
 */
export function createOutbox(backend: Backend): Outbox {
  let queues = new Map<string, readonly Entry[]>();
  const busy = new Set<string>();
  const listeners = new Set<() => void>();
  let generation = 0;

  function change(ticket: string, entries: readonly Entry[]) {
    queues = new Map(queues);
    if (entries.length) queues.set(ticket, entries);
    else queues.delete(ticket);
    listeners.forEach((tell) => tell());
  }

  async function one(entry: Entry): Promise<void> {
    let body = entry.body;
    if (entry.file && !body.media_id) {
      const media = await backend.upload(entry.file);
      body = { ...body, media_id: media.id };
      entry.body = body;
      await backend.save(entry);
    }
    backend.sent(await backend.send(entry), entry);
  }

  async function pump(ticket: string) {
    if (busy.has(ticket)) return;
    busy.add(ticket);
    const mine = generation;
    let attempt = 0;
    for (;;) {
      const entry = queues.get(ticket)?.[0];
      if (!entry || mine !== generation) break;
      try {
        await one(entry);
      } catch (error) {
        const refusal = error instanceof ApiError ? error : new ApiError(0, 'network');
        if (mine !== generation) break;
        if (refusal.temporary || refusal.code === 'unauthorized') {
          await backend.pause(attempt++);
          continue;
        }
        backend.refused(entry, refusal);
      }
      attempt = 0;
      await backend.remove(entry);
      change(
        ticket,
        (queues.get(ticket) ?? []).filter((e) => e.id !== entry.id),
      );
    }
    busy.delete(ticket);
    if (queues.has(ticket) && mine !== generation) void pump(ticket);
  }

  return {
    async add(entry) {
      change(entry.ticket, [...(queues.get(entry.ticket) ?? []), entry]);
      await backend.save(entry);
      void pump(entry.ticket);
    },
    async resume() {
      for (const entry of (await backend.load()).sort((a, b) => a.created - b.created)) {
        const held = queues.get(entry.ticket) ?? [];
        if (!held.some((e) => e.id === entry.id)) change(entry.ticket, [...held, entry]);
      }
      for (const ticket of queues.keys()) void pump(ticket);
    },
    entries: (ticket) => queues.get(ticket) ?? none,
    all: () => [...queues.values()].flat(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async clear() {
      generation++;
      const left = [...queues.values()].flat();
      queues = new Map();
      listeners.forEach((tell) => tell());
      await Promise.all(left.map(backend.remove));
    },
  };
}
