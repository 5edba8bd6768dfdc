import { readFileSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ENTRIES, fill } from './entries';
import { DESKTOP, expectAccessible, launch, logIn, PASSWORD, PHONE, signUp, tryLogIn, visitWith, WAIT, type Person, type Visit } from './support';

const NEW_PASSWORD = 'a horse of another colour';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

const visiting = (language: 'ko' | 'en', viewport: typeof DESKTOP, what: (visit: Visit) => Promise<void>) =>
  visitWith(browser, language, viewport, what);

const [sea] = ENTRIES;

describe('secret friends', () => {
  test('two keep a diary together, until one of them leaves it', async () => {
    await visiting('ko', DESKTOP, async ({ page: asker }) => {
      const { name } = await signUp(asker, 'ko');
      await visiting('en', PHONE, async ({ page: friend }) => {
        const { email } = await signUp(friend, 'en');
        await ask(asker, email);
        await accept(friend, name);
        const address = await writeSecretly(asker);
        await answerTo(friend, address);
        await expect.poll(async () => {
          await asker.reload();
          return asker.getByRole('button', { name: /좋아요/ }).textContent();
        }, { timeout: WAIT }).toContain('1');
        await asker.getByText('A whale, really?').last().waitFor();
        await expectAccessible(asker);
        await leave(asker);
        await friend.goto(address);
        await friend.getByRole('heading', { name: 'This page is blank' }).waitFor();
        await friend.goto('/friends');
        await friend.getByText('No secret diary yet').waitFor();
      });
    });
  });
});

async function ask(page: Page, email: string): Promise<void> {
  await page.goto('/friends');
  await page.getByRole('button', { name: '비밀 일기 함께 쓰기' }).click();
  await page.getByLabel('친구의 이메일').fill(email);
  await expectAccessible(page);
  await page.getByRole('button', { name: '부탁하기' }).click();
  await page.getByRole('heading', { name: '보낸 부탁 1개' }).waitFor();
  await page.getByText(email).waitFor();
}

/** The notice leads to the request. */
async function accept(page: Page, asker: string): Promise<void> {
  await expect.poll(async () => {
    await page.goto('/notifications');
    await page.waitForLoadState('networkidle');
    return page.locator('main').getByRole('link', { name: asker }).count();
  }, { timeout: WAIT }).toBe(1);
  await page.locator('main').getByRole('link', { name: asker }).click();
  await page.getByRole('heading', { name: '1 request' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: '우리 둘의 일기', level: 1 }).waitFor();
  await page.getByText('The first page is yours').waitFor();
}

async function writeSecretly(page: Page): Promise<string> {
  if (!sea) throw new Error('no entry');
  await page.goto('/friends');
  await page.locator('main').getByRole('link', { name: '우리 둘의 일기' }).click();
  await page.locator('main').getByRole('link', { name: '쓰기', exact: true }).click();
  await fill(page, sea);
  await page.getByRole('button', { name: '비밀 일기에 넣기' }).click();
  await page.getByRole('heading', { name: sea.title, level: 1 }).waitFor();
  return page.url();
}

async function answerTo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  const heart = page.getByRole('button', { name: /Like/ });
  await heart.click();
  await expect.poll(() => heart.getAttribute('aria-pressed')).toBe('true');
  await page.getByLabel('Comment', { exact: true }).fill('A whale, really?');
  await page.getByRole('button', { name: 'Leave the comment' }).click();
  await page.getByText('A whale, really?').last().waitFor();
  await expectAccessible(page);
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('link', { name: '우리 둘의 일기' }).click();
  await page.getByRole('heading', { name: '우리 둘의 일기', level: 1 }).waitFor();
  await page.getByRole('button', { name: '더 할 수 있는 일' }).click();
  await page.getByRole('menuitem', { name: '일기장 떠나기' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '일기장 떠나기' }).click();
  await page.getByText('내가 쓴 1편은').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: '닫기' }).click();
  await page.getByText('아직 비밀 일기장이 없어요').waitFor();
}

describe('accounts', () => {
  test('a forgotten password is chosen anew, everything is taken along, and the account is deleted', async () => {
    let person: Person | undefined;
    await visiting('ko', PHONE, async ({ page }) => {
      person = await signUp(page, 'ko');
    });
    if (!person) throw new Error('nobody');
    const { email } = person;
    await visiting('ko', PHONE, async ({ page }) => {
      await reset(page, email);
      await logIn(page, 'ko', email, NEW_PASSWORD);
      await takeAlong(page);
      await deleteAccount(page);
      await tryLogIn(page, 'ko', email, NEW_PASSWORD);
      await page.getByText('이메일이나 비밀번호가 맞지 않아요.').waitFor();
    });
  });
});

async function reset(page: Page, email: string): Promise<void> {
  await page.goto('/reset');
  await page.getByLabel('이메일').fill(email);
  await page.getByRole('button', { name: '메일 받기' }).click();
  await page.getByText('메일을 보냈어요.').waitFor();
  const mail = page.locator('article', { hasText: email });
  await expect.poll(async () => {
    await page.goto('/mailbox');
    return mail.count();
  }, { timeout: WAIT }).toBe(1);
  const link = await mail.getByRole('link').getAttribute('href');
  if (link === null) throw new Error('the mail has no link');
  await choose(page, link, '짧아');
  await page.getByText(/자 이상이어야 해요/).waitFor();
  await choose(page, link, NEW_PASSWORD);
  await page.getByText('비밀번호를 바꿨어요.').waitFor();
  await expectAccessible(page);
  await choose(page, link, 'and another one yet');
  await page.getByText('이미 썼거나 시간이 지난 주소예요.').waitFor();
  await tryLogIn(page, 'ko', email, PASSWORD);
  await page.getByText('이메일이나 비밀번호가 맞지 않아요.').waitFor();
}

async function choose(page: Page, link: string, password: string): Promise<void> {
  // Another fragment alone would not open the page anew.
  await page.goto('about:blank');
  await page.goto(link);
  await page.getByLabel('새 비밀번호').fill(password);
  await page.getByRole('button', { name: '비밀번호 바꾸기' }).click();
}

async function takeAlong(page: Page): Promise<void> {
  await page.goto('/settings');
  await page.getByRole('button', { name: '파일 만들기' }).click();
  const link = page.getByRole('link', { name: 'ZIP 내려받기' });
  await link.waitFor({ timeout: WAIT });
  // It is found again after the page was left.
  await page.reload();
  await link.waitFor();
  await expectAccessible(page);
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  const zip = readFileSync(await download.path());
  expect(zip.subarray(0, 2).toString()).toBe('PK');
  expect(zip.includes('profile.json')).toBe(true);
}

async function deleteAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: '계정 지우기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('확인을 위해 비밀번호를 적어 주세요.').fill('not the password');
  await dialog.getByRole('button', { name: '모두 지우고 떠나기' }).click();
  await dialog.getByText('맞지 않아요.').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('확인을 위해 비밀번호를 적어 주세요.').fill(NEW_PASSWORD);
  await dialog.getByRole('button', { name: '모두 지우고 떠나기' }).click();
  await page.getByText('계정을 지웠어요.').waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
  await page.getByRole('link', { name: '가입하기' }).first().waitFor();
}

describe('administrators', () => {
  test('hours in which the model is kept on are set, kept and taken away', async () => {
    await visiting('en', DESKTOP, async ({ page }) => {
      await logIn(page, 'en', 'admin@deepstory.local');
      await page.goto('/admin/model');
      await page.getByText('One instance').waitFor();
      const rows = page.getByRole('group', { name: 'Hours kept on' });
      await page.getByRole('heading', { name: 'Hours kept on' }).waitFor();
      const before = await rows.count();
      const save = page.getByRole('button', { name: 'Save' });
      await addHours(page);
      await addHours(page);
      await save.click();
      await page.getByText('These hours overlap.').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Remove these hours' }).last().click();
      await save.click();
      await page.getByText('Saved.').waitFor();
      await page.reload();
      await expect.poll(() => rows.count()).toBe(before + 1);
      expect(await page.getByLabel('To', { exact: true }).last().inputValue()).toBe('00:00');
      await page.getByRole('button', { name: 'Remove these hours' }).last().click();
      await save.click();
      await page.getByText('Saved.').waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Hours kept on' }).waitFor();
      expect(await rows.count()).toBe(before);
    });
  });
});

/** The last ten minutes of each working day. */
async function addHours(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add hours' }).click();
  await page.getByLabel('From', { exact: true }).last().fill('23:50');
  await page.getByLabel('To', { exact: true }).last().fill('00:00');
}
