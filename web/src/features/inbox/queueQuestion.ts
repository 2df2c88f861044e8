import { useSyncExternalStore } from 'react';

// Accepting a ticket without a queue asks for one; the dialog lives in the frame.
type Answer = (queue: string | null) => void;
let pending: Answer | null = null;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

export function askQueue(): Promise<string | null> {
  pending?.(null);
  return new Promise((resolve) => {
    pending = (queue) => {
      pending = null;
      tell();
      resolve(queue);
    };
    tell();
  });
}

export const useQueueQuestion = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => pending,
  );
