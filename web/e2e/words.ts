import adminEn from '../src/i18n/en/admin.json';
import en from '../src/i18n/en';
import adminKo from '../src/i18n/ko/admin.json';
import ko from '../src/i18n/ko';
import { wordsOf, type KeyOf, type Values } from '../src/i18n/translate';

export type Language = 'ko' | 'en';

const WORDS = { ko: { ...ko, admin: adminKo }, en: { ...en, admin: adminEn } };

export type Key = KeyOf<(typeof WORDS)['en']>;
/** The app's own words: what somebody reads is what is looked for. */
export type Say = (key: Key, values?: Values) => string;

export function wordsFor(language: Language): Say {
  return (key, values) => {
    const words = wordsOf(WORDS[language], language, key, values);
    if (words === key) throw new Error(`there are no words for ${key}`);
    return words;
  };
}
