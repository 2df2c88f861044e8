import { useEffect, useSyncExternalStore, type ReactNode } from 'react';

/** Something a person can do now: in the palette, by key, in the list of shortcuts. */
export interface Command {
  id: string;
  label: string;
  icon?: ReactNode;
  /** `a`, or `g i` for two keys in a row. */
  keys?: string;
  run: () => void;
  /** Only by key: moving in lists. */
  quiet?: boolean;
}

export interface Group {
  title: string;
  commands: Command[];
}

let groups: Group[] = [];
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** Offers commands while the component is on screen; the latest group comes first. */
export function useCommands(group: Group | null): void {
  useEffect(() => {
    if (!group) return;
    groups = [group, ...groups];
    tell();
    return () => {
      groups = groups.filter((g) => g !== group);
      tell();
    };
  }, [group]);
}

export const useCommandGroups = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => groups,
  );

const FIELD =
  'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="menu"], [role="listbox"]';
const PATIENCE = 1200;

/** True where a single letter is text, or belongs to something open above the page. */
export function typingIn(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(FIELD)) return true;
  return document.querySelector('[aria-modal="true"], [role="dialog"]') !== null;
}

/** One-key shortcuts; they rest in fields, under dialogs and when switched off. */
export function useKeys(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    let first = '';
    let at = 0;
    function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typingIn(event.target))
        return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const pair = Date.now() - at < PATIENCE ? `${first} ${key}` : '';
      const all = groups.flatMap((g) => g.commands);
      const found = (pair && all.find((c) => c.keys === pair)) || all.find((c) => c.keys === key);
      first = key;
      at = Date.now();
      if (!found) return;
      if (key === 'Enter' && event.target instanceof Element && event.target.closest('a, button')) return;
      event.preventDefault();
      first = '';
      found.run();
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [enabled]);
}
