import i18next, { type i18n, type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';

import type en from './en';
import type { Language } from '@/lib/api/types';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: { app: typeof en; admin: typeof import('./en/admin.json') };
  }
}

const CHOSEN = 'deep-story.language';
const LOADERS = {
  ko: () => import('./ko'),
  en: () => import('./en'),
} as const;

export type Translate = TFunction<'app'>;

const words: i18n = i18next.createInstance();
const listeners = new Set<() => void>();

/** Return the language that was chosen here, else the browser's, else Korean. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen === 'ko' || chosen === 'en') return chosen;
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ko' || tag === 'en');
  return known === 'en' ? 'en' : 'ko';
}

export async function startLanguage(language: Language = preferredLanguage()): Promise<void> {
  await words.init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'app',
    ns: ['app'],
    resources: { [language]: { app: (await LOADERS[language]()).default } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  announce();
}

/** Speak another language from now on, and remember it on this device. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(CHOSEN, language);
  if (language === words.language) return;
  if (!words.hasResourceBundle(language, 'app')) {
    words.addResourceBundle(language, 'app', (await LOADERS[language]()).default);
  }
  await words.changeLanguage(language);
  announce();
}

/** Add words that only some pages need. */
export async function addWords(namespace: 'admin', load: Record<Language, () => Promise<{ default: object }>>): Promise<void> {
  await Promise.all(
    (['ko', 'en'] as const).map(async (language) => {
      words.addResourceBundle(language, namespace, (await load[language]()).default);
    }),
  );
}

export function useT(): Translate {
  return useSyncExternalStore(subscribe, translate);
}

export function useAdminT(): TFunction<'admin'> {
  useLanguage();
  return words.getFixedT(null, 'admin');
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

export function language(): Language {
  return words.language === 'en' ? 'en' : 'ko';
}

// The same function until the language changes, so that React knows when to draw again.
let current: Translate = words.t;

function translate(): Translate {
  return current;
}

function announce(): void {
  current = words.getFixedT(null, 'app');
  document.documentElement.lang = language();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
