import { useSyncExternalStore } from 'react';
import { whenIdle } from '@/lib/idle';

// The service worker keeps the shell; a new version waits for the person.
let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function found(worker: ServiceWorker | null) {
  if (!worker || !navigator.serviceWorker.controller) return; // the first one is not news
  waiting = worker;
  listeners.forEach((tell) => tell());
}

/** Last of all: the worker loads every file of the app. */
export function registerWorker(): void {
  if (import.meta.env.PROD && 'serviceWorker' in navigator) whenIdle(register);
}

function register(): void {
  void navigator.serviceWorker
    .register('/sw.js')
    .then((registration) => {
      found(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing;
        worker?.addEventListener('statechange', () => {
          if (worker.state === 'installed') found(worker);
        });
      });
      setInterval(() => void registration.update().catch(() => undefined), 30 * 60_000);
    })
    .catch(() => undefined); // the app works without it
}

export function useNewVersion(): (() => void) | null {
  const worker = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
  if (!worker) return null;
  return () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    worker.postMessage('activate');
  };
}
