import { useLanguage } from '@/i18n/i18n';
import { wordsOf, type KeyOf, type Values } from '@/i18n/translate';
import en from '@/i18n/en/admin.json';
import ko from '@/i18n/ko/admin.json';

type AdminKey = KeyOf<typeof en>;

const WORDS = { ko, en };

/** Administration has words of its own, which nobody else has to fetch. */
export function useAdminT(): (key: AdminKey, values?: Values) => string {
  const language = useLanguage();
  return (key, values) => wordsOf(WORDS[language], language, key, values);
}
