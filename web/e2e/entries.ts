import type { Page } from 'playwright-core';

import { WAIT } from './support';

export interface WrittenEntry {
  language: 'ko' | 'en';
  title: string;
  text: string;
  prompt: string;
  style: string;
  weather: string;
  mood: string;
  tag: string;
}

export const ENTRIES: WrittenEntry[] = [
  {
    language: 'ko',
    title: '바다에 간 날',
    text: '오늘은 가족과 바다에 갔다. 물이 아주 차가웠지만, 고래를 본 것 같아서 신났다! 동생이 “진짜 고래야?” 하고 물었다.',
    prompt: '바다의 고래',
    style: '크레용',
    weather: '맑음',
    mood: '신남',
    tag: '바다',
  },
  {
    language: 'ko',
    title: '첫눈',
    text: '아침에 일어나니 눈이 와 있었다. 눈사람을 만들고 코코아를 마셨다.',
    prompt: '눈 오는 밤의 집',
    style: '수채화',
    weather: '눈',
    mood: '기쁨',
    tag: '겨울',
  },
  {
    language: 'en',
    title: 'A cat in the garden',
    text: 'A cat came into the garden this morning and stayed until the rain began. I gave it some milk, and it looked at me as if I had been late.\nIn the evening it was gone.',
    prompt: 'a cat in a meadow',
    style: 'Cut paper',
    weather: 'Rainy',
    mood: 'Calm',
    tag: 'cat',
  },
  {
    language: 'en',
    title: 'The red balloon',
    text: 'We walked along the sea and a red balloon flew over the boats. Nobody knew whose it was.',
    prompt: 'a red balloon over the sea',
    style: 'Crayon',
    weather: 'Windy',
    mood: 'Happy',
    tag: 'sea',
  },
];

const WORDS = {
  ko: { title: '제목', text: '일기', weather: '날씨', mood: '기분', tags: '태그', prompt: '무엇을 그릴까요', draw: /그려 달라고 하기/, choose: /번 그림을 일기에 붙이기/, everyone: '모두', post: '모두에게 올리기' },
  en: { title: 'Title', text: 'Your day', weather: 'Weather', mood: 'Mood', tags: 'Tags', prompt: 'What should be drawn', draw: /^Ask for \d picture/, choose: /into the entry/, everyone: 'Everyone', post: 'Post for everyone' },
} as const;

export async function fill(page: Page, entry: WrittenEntry): Promise<void> {
  const words = WORDS[entry.language];
  await page.getByLabel(words.title, { exact: true }).fill(entry.title);
  await page.getByLabel(words.text, { exact: true }).fill(entry.text);
  await page.getByRole('radiogroup', { name: words.weather }).getByRole('radio', { name: entry.weather }).click();
  await page.getByRole('radiogroup', { name: words.mood }).getByRole('radio', { name: entry.mood }).click();
  await page.getByLabel(words.tags, { exact: true }).fill(entry.tag);
  await page.getByLabel(words.tags, { exact: true }).press('Enter');
}

export async function draw(page: Page, entry: WrittenEntry): Promise<void> {
  const words = WORDS[entry.language];
  await page.getByLabel(words.prompt).fill(entry.prompt);
  await page.getByRole('radio', { name: entry.style, exact: true }).click();
  await page.getByRole('button', { name: words.draw }).click();
  await page.getByRole('button', { name: words.choose }).first().waitFor({ timeout: WAIT });
}

/** Write an entry, have its picture drawn, and post it for everyone. */
export async function post(page: Page, entry: WrittenEntry): Promise<void> {
  const words = WORDS[entry.language];
  await page.goto('/write');
  await fill(page, entry);
  await draw(page, entry);
  await page.getByRole('radio', { name: words.everyone, exact: true }).click();
  await page.getByRole('button', { name: words.post }).click();
  await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
}
