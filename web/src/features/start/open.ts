import { useSyncExternalStore } from 'react';

/** What is known when the start panel opens. */
export interface StartWith {
  contactId?: string;
  phone?: string;
}

let current: StartWith | null = null;
const listeners = new Set<() => void>();

function set(next: StartWith | null) {
  current = next;
  listeners.forEach((tell) => tell());
}

export const openStart = (known: StartWith = {}) => set(known);
export const closeStart = () => set(null);

export const useStart = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
