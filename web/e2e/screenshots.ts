import { copyFileSync, mkdirSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';

import { draw, ENTRIES, fill } from './entries';
import { Caller, play, type Scene } from './scene';
import { DESKTOP, launch, logIn, PHONE, tryLogIn, visit, WAIT } from './support';

const ALL = new URL('../../.build/screenshots/', import.meta.url).pathname;
const SHOWN = new URL('../../docs/images/', import.meta.url).pathname;
/** The ones that the documentation shows; the others are to be looked at and thrown away. */
const BEST = new Set([
  'home-ko-desktop', 'writing-ko-desktop', 'calendar-ko-desktop', 'admin-en-desktop', 'model-en-desktop',
  'post-ko-phone', 'diary-ko-phone', 'secret-en-phone', 'gallery-ko-phone',
]);

const ADMINISTRATOR = 'admin@deepstory.local';

type Paths = Record<string, string>;

const OUTSIDE: Paths = {
  welcome: '/', login: '/login', signup: '/signup', reset: '/reset', 'new-password': '/reset-password#token=none', absent: '/nowhere', members: '/write',
};
const EMPTY: Paths = {
  'empty-home': '/', 'empty-mine': '/me', 'empty-liked': '/me/likes', 'empty-gallery': '/gallery', 'empty-calendar': '/calendar',
  'empty-friends': '/friends', 'empty-notices': '/notifications', 'empty-search': '/search?q=zzzz', 'empty-tag': '/tags/zzzz', forbidden: '/admin',
};
const ADMIN: Paths = { admin: '/admin', model: '/admin/model', users: '/admin/users', reports: '/admin/reports', audit: '/admin/audit' };
const inside = ({ owner, post, diary, entry, tag }: Scene): Paths => ({
  home: '/', top: '/?top=all', write: '/write', post: `/posts/${post}`, edit: `/posts/${post}/edit`, mine: '/me', liked: '/me/likes',
  gallery: '/gallery', calendar: '/calendar', search: `/search?q=${tag}`, tag: `/tags/${tag}`, author: `/users/${owner.id}`,
  notices: '/notifications', settings: '/settings', friends: '/friends', diary: `/diaries/${diary}`, secret: `/diaries/${diary}/entries/${entry}`,
  'secret-write': `/diaries/${diary}/write`,
});

const wanted = process.env.ONLY?.split(',');
const scenes = new Map<string, Scene>();
let browser: Browser;

beforeAll(async () => {
  mkdirSync(ALL, { recursive: true });
  browser = await launch();
  for (const language of ['ko', 'en'] as const) scenes.set(language, await play(language));
}, 600_000);

afterAll(() => browser.close());

// English readers show the desk at night on their phones.
describe.each([
  { language: 'ko', width: 'desktop', scheme: 'light' },
  { language: 'ko', width: 'phone', scheme: 'light' },
  { language: 'en', width: 'desktop', scheme: 'light' },
  { language: 'en', width: 'phone', scheme: 'dark' },
] as const)('$language, $width', ({ language, width, scheme }) => {
  const name = (what: string) => `${what}-${language}-${width}`;

  async function visiting(what: (page: Page) => Promise<void>): Promise<void> {
    const { page, context } = await visit(browser, language, width === 'phone' ? PHONE : DESKTOP, scheme);
    try {
      await what(page);
    } finally {
      await context.close();
    }
  }

  async function take(page: Page, pages: Paths): Promise<void> {
    for (const [what, path] of Object.entries(pages)) {
      if (wanted && !wanted.includes(what)) continue;
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      await shoot(page, name(what));
    }
  }

  function scene(): Scene {
    const played = scenes.get(language);
    if (!played) throw new Error('nothing is played');
    return played;
  }

  test('of somebody who is not logged in', () => visiting((page) => take(page, OUTSIDE)));

  test('of somebody who has just come', () =>
    visiting(async (page) => {
      const newcomer = await Caller.signUp(language, language === 'ko' ? '새봄' : 'Newcomer');
      await logIn(page, language, newcomer.email);
      await take(page, EMPTY);
    }));

  test('of somebody who keeps a diary', () =>
    visiting(async (page) => {
      await logIn(page, language, scene().owner.email);
      await take(page, inside(scene()));
      await dialogs(page, name);
      await writing(page, language, name('writing'));
    }));

  test('of an administrator', () =>
    visiting(async (page) => {
      await (await Caller.logIn(ADMINISTRATOR)).speak(language);
      await logIn(page, language, ADMINISTRATOR);
      await take(page, ADMIN);
    }));

  test('of what goes wrong', () =>
    visiting(async (page) => {
      await tryLogIn(page, language, 'nobody@example.com', 'not the password');
      await page.getByRole('alert').first().waitFor();
      await shoot(page, name('refused'));
      await logIn(page, language, scene().owner.email);
      const post = page.locator('main a[href^="/posts/"]').first();
      await post.waitFor();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.context().setOffline(true);
      await post.click();
      await page.waitForTimeout(1_000);
      await shoot(page, name('offline'));
    }));
});

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(700);
  const isShown = BEST.has(name);
  // In the whole length of a page the bar at the bottom of a phone stands in the middle.
  const fullPage = !isShown || /^(writing|calendar|admin|model)-/.test(name);
  await page.screenshot({ path: `${ALL}${name}.png`, fullPage });
  if (isShown) copyFileSync(`${ALL}${name}.png`, `${SHOWN}web-${name}.png`);
}

async function dialogs(page: Page, name: (what: string) => string): Promise<void> {
  if (wanted && !wanted.includes('dialogs')) return;
  await page.goto('/gallery');
  await page.locator('main li button').first().click();
  await page.getByRole('dialog').waitFor();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${ALL}${name('viewer')}.png` });
  await page.goto('/friends');
  await page.locator('main header button').last().click();
  await page.getByRole('dialog').waitFor();
  await page.screenshot({ path: `${ALL}${name('ask')}.png` });
}

/** An entry on its paper, with the pictures that were drawn for it. */
async function writing(page: Page, language: 'ko' | 'en', name: string): Promise<void> {
  if (wanted && !wanted.includes('writing')) return;
  const entry = ENTRIES.find((one) => one.language === language);
  if (!entry) throw new Error(`nothing is written in ${language}`);
  await page.goto('/write');
  await page.getByRole('radiogroup').first().waitFor({ timeout: WAIT });
  await fill(page, entry);
  await draw(page, entry);
  await shoot(page, name);
}
