import type { Page } from 'playwright-core';

import type { Mood, Style, Weather } from '../src/lib/api/types';
import { WAIT } from './support';
import { wordsFor, type Language, type Say } from './words';

export interface WrittenEntry {
  language: Language;
  title: string;
  text: string;
  prompt: string;
  style: Style;
  weather: Weather;
  mood: Mood;
  tag: string;
}

export const ENTRIES: WrittenEntry[] = [
  {
    language: 'ko',
    title: '바다에 간 날',
    text: '오늘은 가족과 바다에 갔다. 물이 아주 차가웠지만, 고래를 본 것 같아서 신났다! 동생이 “진짜 고래야?” 하고 물었다.',
    prompt: '바다의 고래',
    style: 'crayon',
    weather: 'sunny',
    mood: 'excited',
    tag: '바다',
  },
  {
    language: 'ko',
    title: '첫눈',
    text: '아침에 일어나니 눈이 와 있었다. 눈사람을 만들고 코코아를 마셨다.',
    prompt: '눈 오는 밤의 집',
    style: 'watercolor',
    weather: 'snowy',
    mood: 'happy',
    tag: '겨울',
  },
  {
    language: 'en',
    title: 'A cat in the garden',
    text: 'A cat came into the garden this morning and stayed until the rain began. I gave it some milk, and it looked at me as if I had been late.\nIn the evening it was gone.',
    prompt: 'a cat in a meadow',
    style: 'flat',
    weather: 'rainy',
    mood: 'calm',
    tag: 'cat',
  },
  {
    language: 'en',
    title: 'The red balloon',
    text: 'We walked along the sea and a red balloon flew over the boats. Nobody knew whose it was.',
    prompt: 'a red balloon over the sea',
    style: 'crayon',
    weather: 'windy',
    mood: 'happy',
    tag: 'sea',
  },
];

export function entryIn(language: Language): WrittenEntry {
  const entry = ENTRIES.find((one) => one.language === language);
  if (!entry) throw new Error(`nothing is written in ${language}`);
  return entry;
}

export const titleField = (page: Page, t: Say) => page.getByLabel(t('entry.title'), { exact: true });
export const textField = (page: Page, t: Say) => page.getByLabel(t('entry.text'), { exact: true });

/** `spoken` is the language of the page, where that is another than the entry's. */
export async function fill(page: Page, entry: WrittenEntry, spoken: Language = entry.language): Promise<void> {
  const t = wordsFor(spoken);
  await titleField(page, t).fill(entry.title);
  await textField(page, t).fill(entry.text);
  await page.getByRole('radiogroup', { name: t('entry.weather') }).getByRole('radio', { name: t(`weather.${entry.weather}`) }).click();
  await page.getByRole('radiogroup', { name: t('entry.mood') }).getByRole('radio', { name: t(`mood.${entry.mood}`) }).click();
  await page.getByLabel(t('entry.tags'), { exact: true }).fill(entry.tag);
  await page.getByLabel(t('entry.tags'), { exact: true }).press('Enter');
}

/** Ask for the picture of an entry, whenever it may come. */
export async function order(page: Page, entry: WrittenEntry, spoken: Language = entry.language): Promise<void> {
  const t = wordsFor(spoken);
  await page.getByLabel(t('picture.prompt')).fill(entry.prompt);
  await page.getByRole('radio', { name: t(`style.${entry.style}`), exact: true }).click();
  await page.getByRole('button', { name: t('picture.draw', { count: 1 }) }).click();
}

export async function developed(page: Page, spoken: Language): Promise<void> {
  const choose = wordsFor(spoken)('picture.choose', { number: 1 });
  await page.getByRole('button', { name: choose }).waitFor({ timeout: WAIT });
}

export async function draw(page: Page, entry: WrittenEntry, spoken: Language = entry.language): Promise<void> {
  await order(page, entry, spoken);
  await developed(page, spoken);
}

/** Write an entry, have its picture drawn, and post it for everyone. */
export async function post(page: Page, entry: WrittenEntry, spoken: Language = entry.language): Promise<void> {
  const t = wordsFor(spoken);
  await page.goto('/write');
  await fill(page, entry, spoken);
  await draw(page, entry, spoken);
  await page.getByRole('radio', { name: t('write.public'), exact: true }).click();
  await page.getByRole('button', { name: t('write.post') }).click();
  await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
}
