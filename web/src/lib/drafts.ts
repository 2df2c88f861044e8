import { useCallback, useEffect, useRef, useState } from 'react';
import { ownPrefix, useMe } from '@/app/session';
import * as idb from './idb';
import type { Me } from './types';

export interface Draft {
  text: string;
  /** Message it answers. */
  reply?: { id: string; excerpt: string; author: string };
}

const empty: Draft = { text: '' };
const cache = new Map<string, Draft>();
const changed = new EventTarget();

const keyOf = (me: Me, ticket: string) => `${ownPrefix(me)}${ticket}`;

function store(key: string, draft: Draft): void {
  if (draft.text || draft.reply) {
    cache.set(key, draft);
    void idb.put('drafts', key, draft).catch(() => undefined);
  } else {
    cache.delete(key);
    void idb.remove('drafts', key).catch(() => undefined);
  }
}

/** Puts a text back, in front of what was typed meanwhile. */
export function giveBack(me: Me, ticket: string, text: string): void {
  if (!text) return;
  const key = keyOf(me, ticket);
  const held = cache.get(key) ?? empty;
  store(key, { ...held, text: held.text ? `${text}\n${held.text}` : text });
  changed.dispatchEvent(new Event(key));
}

export async function hasDrafts(me: Me): Promise<boolean> {
  return (await idb.list<Draft>('drafts', ownPrefix(me))).some(([, draft]) => draft.text.trim() !== '');
}

export async function dropDrafts(me: Me): Promise<void> {
  for (const [key] of await idb.list('drafts', ownPrefix(me))) await idb.remove('drafts', key);
  cache.clear();
}

/** The draft of a ticket: kept on this computer from the first letter on. */
export function useDraft(ticket: string): [Draft, (draft: Draft) => void] {
  const me = useMe();
  const key = keyOf(me, ticket);
  const [held, setHeld] = useState<{ key: string; draft: Draft }>(() => ({
    key,
    draft: cache.get(key) ?? empty,
  }));
  const draft = held.key === key ? held.draft : (cache.get(key) ?? empty);
  const touched = useRef('');

  useEffect(() => {
    let live = true;
    const read = () => setHeld({ key, draft: cache.get(key) ?? empty });
    read();
    if (!cache.has(key))
      void idb.get<Draft>('drafts', key).then((found) => {
        if (!live || !found || touched.current === key) return;
        cache.set(key, found);
        read();
      });
    changed.addEventListener(key, read);
    return () => {
      live = false;
      changed.removeEventListener(key, read);
    };
  }, [key]);

  const set = useCallback(
    (next: Draft) => {
      touched.current = key;
      store(key, next);
      setHeld({ key, draft: next });
    },
    [key],
  );
  return [draft, set];
}
