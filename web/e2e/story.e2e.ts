import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { draw, ENTRIES, fill, post } from './entries';
import { BASE, DESKTOP, expectAccessible, launch, logIn, PASSWORD, PHONE, signUp, visit, visitWith, WAIT, type Visit } from './support';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

const visiting = (language: 'ko' | 'en', viewport: typeof DESKTOP, what: (visit: Visit) => Promise<void>) =>
  visitWith(browser, language, viewport, what);

const [sea] = ENTRIES.filter(({ language }) => language === 'ko');
const [cat] = ENTRIES.filter(({ language }) => language === 'en');

describe('people', () => {
  test('one writes a Korean entry with its picture, another likes it and comments, on a phone', async () => {
    if (!sea) throw new Error('no entry');
    let address = '';
    let author = '';
    await visiting('ko', DESKTOP, async ({ page }) => {
      author = (await signUp(page, 'ko')).email;
      await post(page, sea);
      address = page.url();
      await page.getByRole('img', { name: `‘${sea.title}’의 그림` }).waitFor();
      await page.getByRole('img', { name: '맑음' }).waitFor();
      await expectAccessible(page);
    });
    await visiting('en', PHONE, async ({ page }) => {
      // A link that somebody was sent: it shows the post, and after logging in leads back to it.
      await page.goto(address);
      await page.getByRole('heading', { name: sea.title, level: 1 }).waitFor();
      await page.getByRole('button', { name: /Like/ }).click();
      await page.getByRole('link', { name: 'Sign up' }).last().waitFor();
      expect(page.url()).toContain('next=%2Fposts%2F');
      await signUp(page, 'en');
      await page.goto(address);
      const heart = page.getByRole('button', { name: /Like/ });
      await heart.click();
      await expect.poll(() => heart.getAttribute('aria-pressed')).toBe('true');
      await page.getByLabel('Comment', { exact: true }).fill('A whale, really?');
      await page.getByRole('button', { name: 'Leave the comment' }).click();
      await page.getByText('A whale, really?').last().waitFor();
      await page.reload();
      await expect.poll(() => page.getByRole('button', { name: /Like/ }).textContent(), { timeout: WAIT }).toContain('1');
      await expectAccessible(page);
    });
    await visiting('ko', PHONE, async ({ page }) => {
      await logIn(page, 'ko', author);
      await expect.poll(async () => {
        await page.goto('/notifications');
        await page.waitForLoadState('networkidle');
        return page.getByText('님이 댓글을 남겼어요.').count();
      }, { timeout: WAIT }).toBeGreaterThan(0);
      await expectAccessible(page);
    });
  });

  test('what is being written survives a lost network, a closed page and an ended session', async () => {
    if (!cat) throw new Error('no entry');
    await visiting('en', DESKTOP, async ({ page, context }) => {
      await signUp(page, 'en');
      await page.goto('/write');
      await page.getByLabel('Title', { exact: true }).fill(cat.title);
      await context.setOffline(true);
      await page.getByLabel('Your day', { exact: true }).fill(cat.text);
      await page.getByText(/Kept on this device/).waitFor();
      await page.getByRole('button', { name: 'Put into the diary' }).click();
      await page.getByText(/out of reach. Try again/).waitFor();
      await context.setOffline(false);
      await page.goto('/');
      await page.goto('/write');
      await expect.poll(() => page.getByLabel('Your day', { exact: true }).inputValue()).toBe(cat.text);
      // The session ends behind the page's back: everywhere, as from another device.
      await endSessions(page);
      await page.getByRole('button', { name: 'Put into the diary' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Password').fill(PASSWORD);
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Log in' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await page.getByLabel('Your day', { exact: true }).inputValue()).toBe(cat.text);
      await page.getByRole('button', { name: 'Put into the diary' }).click();
      await page.getByRole('heading', { name: cat.title, level: 1 }).waitFor();
    });
  });

  test('a wrong form says why, in the language of who fills it in', async () => {
    await visiting('ko', PHONE, async ({ page }) => {
      await page.goto('/signup');
      await page.getByLabel('이름').fill('하늘');
      await page.getByLabel('이메일').fill('하늘');
      await page.getByLabel('비밀번호', { exact: true }).fill('짧아');
      await page.getByLabel('생년월일').fill('1995-05-05');
      await page.getByRole('button', { name: '가입하기' }).click();
      await page.getByText(/자 이상이어야 해요/).waitFor();
      await expectAccessible(page);
    });
  });
});

describe('administrators', () => {
  test('the model is switched off, pictures wait, and are drawn when it is on again', async () => {
    if (!cat) throw new Error('no entry');
    await visiting('en', DESKTOP, async ({ page: admin, context }) => {
      await logIn(admin, 'en', 'admin@deepstory.local');
      await setMode(admin, 'Off');
      const page = await context.newPage();
      await page.goto('/write');
      await fill(page, cat);
      const drawn = draw(page, cat);
      await page.getByText(/The model is asleep|Waiting to be developed/).first().waitFor();
      await expectAccessible(page);
      await setMode(admin, 'Auto');
      await drawn;
      await admin.goto('/admin/audit');
      await admin.getByText('Model switched').first().waitFor();
      await expectAccessible(admin);
      await admin.goto('/admin');
      await admin.getByRole('heading', { name: 'Visits by hour of day' }).waitFor();
      await admin.waitForLoadState('networkidle');
      await expectAccessible(admin);
    });
  });
});

describe('every page', () => {
  const PAGES = [
    '/', '/?top=week', '/search', '/search?q=바다', '/tags/바다', '/write', '/me', '/me/likes', '/gallery', '/calendar',
    '/notifications', '/settings', '/friends', '/nowhere', '/posts/nothing', '/admin',
  ];
  test.each([
    ['ko', DESKTOP, 'light'],
    ['en', PHONE, 'dark'],
  ] as const)('keeps nobody out: %s, %o, %s', async (language, viewport, scheme) => {
    const { page, context, complaints, foreign } = await visit(browser, language, viewport, scheme);
    for (const path of ['/', '/login', '/signup', '/reset', '/reset-password#token=x']) await look(page, path);
    await signUp(page, language);
    for (const path of PAGES) await look(page, path);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await context.close();
  });
});

async function look(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await expectAccessible(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, `${path} is wider than its window`).toBeLessThanOrEqual(0);
}

async function setMode(admin: Page, mode: string): Promise<void> {
  await admin.goto('/admin/model');
  await admin.getByRole('radio', { name: mode, exact: true }).click();
  await expect.poll(() => admin.getByRole('radio', { name: mode, exact: true }).getAttribute('aria-checked')).toBe('true');
  await admin.getByText(/switched|wakes by itself/).first().waitFor();
}

/** End every session of whoever is logged in, with a token that the page knows nothing of. */
async function endSessions(page: Page): Promise<void> {
  const email = await page.evaluate(() => (JSON.parse(localStorage.getItem('deep-story.user') ?? '{}') as { email: string }).email);
  const login = await fetch(`${BASE}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD, token_delivery: 'body' }),
  });
  const { access_token } = (await login.json()) as { access_token: string };
  const ended = await fetch(`${BASE}/api/v1/auth/logout-all`, { method: 'POST', headers: { Authorization: `Bearer ${access_token}` } });
  expect(ended.status).toBe(204);
}
