import { useSyncExternalStore } from 'react';

import type en from './en';
import { wordsOf, type KeyOf, type Values, type Words } from './translate';
import type { Language } from '@/lib/api/types';

export type Key = KeyOf<typeof en>;
export type Translate = (key: Key, values?: Values) => string;

const CHOSEN = 'deep-story.language';
const LOADERS: Record<Language, () => Promise<{ default: Words }>> = {
  ko: () => import('./ko'),
  en: () => import('./en'),
};

const listeners = new Set<() => void>();
let spoken: Language = 'ko';
let current: Translate = (key) => key;

/** Return the language that was chosen here, else the browser's, else Korean. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen === 'ko' || chosen === 'en') return chosen;
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ko' || tag === 'en');
  return known === 'en' ? 'en' : 'ko';
}

export async function startLanguage(language: Language = preferredLanguage()): Promise<void> {
  const words = (await LOADERS[language]()).default;
  spoken = language;
  // Another function for another language, so that React knows when to draw again.
  current = (key, values) => wordsOf(words, language, key, values);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** Speak another language from now on, and remember it on this device. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(CHOSEN, language);
  if (language !== spoken) await startLanguage(language);
}

export function useT(): Translate {
  return useSyncExternalStore(subscribe, () => current);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => spoken);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
