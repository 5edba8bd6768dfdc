import { expect, test } from 'vitest';

import en from '@/i18n/en';
import enAdmin from '@/i18n/en/admin.json';
import ko from '@/i18n/ko';
import koAdmin from '@/i18n/ko/admin.json';
import { wordsOf, type Words } from '@/i18n/translate';

/** Keys with the names they put in; the forms for numbers are one key. */
function told(words: Words, before = ''): string[] {
  const keys = Object.entries(words).flatMap(([key, value]) => {
    const stem = `${before}${key.replace(/_(one|other)$/, '')}`;
    if (typeof value !== 'string') return told(value, `${stem}.`);
    const names = [...value.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    return [`${stem} ${[...new Set(names)].join()}`];
  });
  return [...new Set(keys)].sort();
}

test.each([
  [ko, en],
  [koAdmin, enAdmin],
])('both languages have the same words', (korean, english) => {
  expect(told(korean)).toEqual(told(english));
});

test('numbers choose their form, and names are put in', () => {
  const words = { likes_one: '{{count}} like', likes_other: '{{count}} likes of {{name}}' };
  expect(wordsOf(words, 'en', 'likes', { count: 1 })).toBe('1 like');
  expect(wordsOf(words, 'en', 'likes', { count: 2, name: 'Robin' })).toBe('2 likes of Robin');
  expect(wordsOf(words, 'ko', 'likes', { count: 1, name: '하루' })).toBe('1 likes of 하루');
});

test('a missing key shows itself rather than nothing', () => {
  expect(wordsOf({}, 'ko', 'not.there')).toBe('not.there');
});
