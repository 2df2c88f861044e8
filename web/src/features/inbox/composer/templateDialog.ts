import { useSyncExternalStore } from 'react';

let ticket: string | null = null;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

export function openTemplates(id: string): void {
  ticket = id;
  tell();
}
export function closeTemplates(): void {
  ticket = null;
  tell();
}
export const useTemplateDialog = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ticket,
  );
