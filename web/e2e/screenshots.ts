import { copyFileSync, mkdirSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';

import { DESKTOP, launch, logIn, PHONE, signUp, visit, WAIT } from './support';
import { draw, ENTRIES, fill, post } from './entries';

const ALL = new URL('../../.build/screenshots/', import.meta.url).pathname;
const SHOWN = new URL('../../docs/images/', import.meta.url).pathname;
/** The ones that the documentation shows; the others are to be looked at and thrown away. */
const BEST = new Set([
  'welcome-en-desktop', 'home-ko-desktop', 'writing-ko-desktop', 'post-ko-phone', 'calendar-ko-desktop', 'gallery-ko-phone',
  'home-en-phone', 'write-en-phone', 'admin-en-desktop',
]);

let browser: Browser;

beforeAll(async () => {
  mkdirSync(ALL, { recursive: true });
  browser = await launch();
});

afterAll(() => browser.close());

async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${ALL}${name}.png`, fullPage });
  if (BEST.has(name)) copyFileSync(`${ALL}${name}.png`, `${SHOWN}web-${name}.png`);
}

const wanted = process.env.ONLY?.split(',');
const isWanted = (what: string) => wanted === undefined || wanted.includes(what);

const OUTSIDE: [string, string][] = [['welcome', '/'], ['login', '/login'], ['signup', '/signup'], ['absent', '/nowhere']];
const INSIDE: [string, string][] = [
  ['home', '/'], ['write', '/write'], ['mine', '/me'], ['liked', '/me/likes'], ['gallery', '/gallery'], ['calendar', '/calendar'],
  ['search', '/search?q=바다'], ['notices', '/notifications'], ['settings', '/settings'], ['friends', '/friends'],
];

test('every page, in both languages and widths', async () => {
  const emails = { ko: await prepare('ko'), en: await prepare('en') };
  for (const language of ['ko', 'en'] as const) {
    await everyPage(language, emails[language], 'desktop', 'light');
    // English readers show the desk at night.
    await everyPage(language, emails[language], 'phone', language === 'en' ? 'dark' : 'light');
  }
  if (isWanted('admin')) {
    await administration(DESKTOP, (what) => `${what}-en-desktop`);
    await administration(PHONE, (what) => `${what}-en-phone`);
  }
}, 1_200_000);

/** Somebody who has written something. */
async function prepare(language: 'ko' | 'en'): Promise<string> {
  const { page, context } = await visit(browser, language);
  const { email } = await signUp(page, language);
  for (const entry of ENTRIES.filter((one) => one.language === language)) await post(page, entry);
  await context.close();
  return email;
}

async function everyPage(language: 'ko' | 'en', email: string, width: 'desktop' | 'phone', scheme: 'light' | 'dark'): Promise<void> {
  const { page, context } = await visit(browser, language, width === 'phone' ? PHONE : DESKTOP, scheme);
  const name = (what: string) => `${what}-${language}-${width}`;
  const take = async (pages: [string, string][]) => {
    for (const [what, path] of pages.filter(([one]) => isWanted(one))) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      await shoot(page, name(what));
    }
  };
  await take(OUTSIDE);
  await logIn(page, language, email);
  await take(INSIDE);
  if (isWanted('post')) {
    await page.goto('/me');
    await page.locator('article h2 a').first().click();
    await page.locator('article h1').waitFor({ timeout: WAIT });
    await page.waitForLoadState('networkidle');
    await shoot(page, name('post'), true);
  }
  if (width === 'desktop' && isWanted('writing')) await writing(page, language, name('writing'));
  await context.close();
}

/** An entry on its paper, with the pictures that were drawn for it. */
async function writing(page: Page, language: 'ko' | 'en', name: string): Promise<void> {
  const entry = ENTRIES.find((one) => one.language === language);
  if (!entry) throw new Error(`nothing is written in ${language}`);
  await page.goto('/write');
  await fill(page, entry);
  await draw(page, entry);
  await shoot(page, name, true);
}

async function administration(viewport: typeof DESKTOP, name: (what: string) => string): Promise<void> {
  const { page, context } = await visit(browser, 'en', viewport);
  await logIn(page, 'en', 'admin@deepstory.local');
  for (const [what, path] of [['admin', '/admin'], ['admin-model', '/admin/model']] as const) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await shoot(page, name(what));
  }
  await context.close();
}
