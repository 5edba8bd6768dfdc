import type { Language } from '@/lib/api/types';

/** Words by key, in as many levels as is clear; `_one` and `_other` are forms for numbers. */
export interface Words {
  readonly [key: string]: string | Words;
}

type WithoutForm<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K;

/** The keys of words in dotted form: "post.delete.title". */
export type KeyOf<T> = { [K in keyof T & string]: T[K] extends string ? WithoutForm<K> : `${K}.${KeyOf<T[K]>}` }[keyof T & string];

export type Values = Readonly<Record<string, string | number>>;

const rules = { ko: new Intl.PluralRules('ko'), en: new Intl.PluralRules('en') };

/** Return the words of a key with its values put in; `count` chooses the form. A missing key shows itself. */
export function wordsOf(words: Words, language: Language, key: string, values: Values = {}): string {
  const text = typeof values.count === 'number' ? (find(words, `${key}_${rules[language].select(values.count)}`) ?? find(words, key)) : find(words, key);
  return (text ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}

function find(words: Words, key: string): string | undefined {
  let found: string | Words | undefined = words;
  for (const part of key.split('.')) {
    if (typeof found !== 'object') return undefined;
    found = found[part];
  }
  return typeof found === 'string' ? found : undefined;
}
