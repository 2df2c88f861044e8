import { createInstance, type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';
import ptBR from './pt-BR';

export const languages = ['pt-BR', 'en', 'es'] as const;
export type Language = (typeof languages)[number];
export type Catalogue = typeof ptBR;

const loaders = {
  'pt-BR': async () => ptBR,
  en: async () => (await import('./en')).default,
  es: async () => (await import('./es')).default,
};

export const i18n = createInstance();
const listeners = new Set<() => void>();

type Tree = { [key: string]: string | Tree };

/** Numbers from a million on are "many" in pt and es; we word them like "other". */
export function withMany(tree: Tree): Tree {
  const out: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    out[key] = typeof value === 'string' ? value : withMany(value);
    if (typeof value === 'string' && key.endsWith('_other')) out[key.replace(/_other$/, '_many')] = value;
  }
  return out;
}

void i18n.init({
  lng: 'pt-BR',
  fallbackLng: 'pt-BR',
  resources: { 'pt-BR': { translation: withMany(ptBR) } },
  interpolation: { escapeValue: false },
  returnNull: false,
  showSupportNotice: false,
} as Parameters<typeof i18n.init>[0]);

export async function setLanguage(language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, 'translation'))
    i18n.addResourceBundle(language, 'translation', withMany(await loaders[language]()));
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem('prosa.language', language);
  } catch {
    // storage may be refused
  }
  for (const listener of listeners) listener();
}

/** What this computer used last, else what the browser asks for. */
export function preferred(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem('prosa.language');
  } catch {
    // storage may be refused
  }
  const wanted = [stored, ...navigator.languages];
  for (const tag of wanted)
    for (const language of languages) if (tag?.slice(0, 2) === language.slice(0, 2)) return language;
  return 'pt-BR';
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useT(): TFunction {
  useSyncExternalStore(subscribe, () => i18n.language);
  return i18n.t;
}

export const t = ((key: never, options: never) => i18n.t(key, options)) as unknown as TFunction;
