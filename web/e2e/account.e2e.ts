import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { enter, newPerson } from './people';
import { expectAccessible, hasTitle, inEveryVariant, logIn, newAccount, PASSWORD, signUp, tryLogIn, visits, WAIT, type Visit } from './support';

const visiting = visits();
const NEW_PASSWORD = 'a horse of another colour';

inEveryVariant((variant) => {
  const { language } = variant;

  test('signing up: a wrong form says why, a right one opens the diary', async () => {
    await visiting(variant, async ({ page, t }) => {
      await page.goto('/signup');
      await hasTitle(page, t('auth.signup'));
      await page.getByLabel(t('auth.name'), { exact: true }).fill('하늘');
      await page.getByLabel(t('auth.email'), { exact: true }).fill('하늘');
      await page.getByLabel(t('auth.password'), { exact: true }).fill('짧아');
      await page.getByLabel(t('auth.birthDate')).fill('1995-05-05');
      await page.getByRole('button', { name: t('auth.signup') }).click();
      await page.getByText(t('reasons.tooShort', { count: 10 })).waitFor();
      await page.getByText(t('reasons.email')).waitFor();
      await expect.poll(() => page.getByLabel(t('auth.email'), { exact: true }).evaluate((field) => field === document.activeElement)).toBe(true);
      await expectAccessible(page);
      const { name, email } = await signUp(page, language);
      await page.goto('/settings');
      await page.getByText(email).waitFor();
      expect(await page.getByLabel(t('auth.name'), { exact: true }).inputValue()).toBe(name);
      await page.getByRole('button', { name: t('settings.logout'), exact: true }).click();
      await page.getByLabel(t('auth.password'), { exact: true }).waitFor();
      await page.goto('/signup');
      await signUpAgain(page, email, t);
    });
  });

  test('a forgotten password is chosen anew, through the mail', async () => {
    const { email } = await newPerson(language);
    await visiting(variant, async (visit) => {
      await reset(visit, email);
      await logIn(visit.page, language, email, NEW_PASSWORD);
    });
  });

  test('everything is taken along, and the account is deleted', async () => {
    const person = await newPerson(language);
    await person.post('마지막 날');
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, person.email);
      await takeAlong(visit);
      await deleteAccount(visit);
      await tryLogIn(page, language, person.email, PASSWORD);
      await page.getByText(t('errors.invalid_credentials')).waitFor();
      await expectAccessible(page);
    });
  });
});

async function signUpAgain(page: Page, email: string, t: Visit['t']): Promise<void> {
  const account = newAccount('en');
  await page.getByLabel(t('auth.name'), { exact: true }).fill(account.name);
  await page.getByLabel(t('auth.email'), { exact: true }).fill(email);
  await page.getByLabel(t('auth.password'), { exact: true }).fill(account.password);
  await page.getByLabel(t('auth.birthDate')).fill(account.birth_date);
  await page.getByRole('button', { name: t('auth.signup') }).click();
  await page.getByText(t('errors.email_taken')).waitFor();
}

async function reset({ page, t }: Visit, email: string): Promise<void> {
  await page.goto('/login');
  await page.getByRole('link', { name: t('auth.forgot') }).click();
  // Until then it is the login page's field of the same name.
  await page.getByRole('heading', { name: t('auth.reset.title') }).waitFor();
  await page.getByLabel(t('auth.email')).fill(email);
  await page.getByRole('button', { name: t('auth.reset.send') }).click();
  await page.getByText(t('auth.reset.sent')).waitFor();
  await expectAccessible(page);
  const mail = page.getByRole('article').filter({ hasText: email });
  await expect.poll(async () => {
    await page.goto('/mailbox');
    return mail.count();
  }, { timeout: WAIT, interval: 500 }).toBe(1);
  const link = await mail.getByRole('link').getAttribute('href');
  if (link === null) throw new Error('the mail has no link');
  await choose(page, t, link, '짧아');
  await page.getByText(t('reasons.tooShort', { count: 10 })).waitFor();
  await choose(page, t, link, NEW_PASSWORD);
  await page.getByText(t('auth.reset.done')).waitFor();
  await expectAccessible(page);
  await choose(page, t, link, 'and another one yet');
  await page.getByText(t('auth.reset.invalid')).waitFor();
  await page.goto('/login');
  await page.getByLabel(t('auth.email'), { exact: true }).fill(email);
  await page.getByLabel(t('auth.password'), { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t('auth.login') }).click();
  await page.getByText(t('errors.invalid_credentials')).waitFor();
}

async function choose(page: Page, t: Visit['t'], link: string, password: string): Promise<void> {
  // Another fragment alone would not open the page anew.
  await page.goto('about:blank');
  await page.goto(link);
  await page.getByLabel(t('auth.reset.new')).fill(password);
  await page.getByRole('button', { name: t('auth.reset.change') }).click();
}

async function takeAlong({ page, t }: Visit): Promise<void> {
  await page.goto('/settings');
  await page.getByRole('button', { name: t('settings.exportAsk') }).click();
  const link = page.getByRole('link', { name: t('settings.exportGet') });
  await link.waitFor({ timeout: WAIT });
  // It is found again after the page was left.
  await page.reload();
  await link.waitFor();
  await expectAccessible(page);
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  const directory = mkdtempSync(join(tmpdir(), 'export-'));
  try {
    await download.saveAs(join(directory, 'all.zip'));
    const zip = readFileSync(join(directory, 'all.zip'));
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(zip.includes('profile.json')).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function deleteAccount({ page, t }: Visit): Promise<void> {
  await page.getByRole('button', { name: t('settings.delete') }).click();
  const dialog = page.getByRole('dialog');
  const password = dialog.getByLabel(t('settings.deletePassword'));
  const leave = dialog.getByRole('button', { name: t('settings.deleteAction') });
  await password.fill('not the password');
  await leave.click();
  await dialog.getByText(t('reasons.wrong')).waitFor();
  await expectAccessible(page);
  await password.fill(PASSWORD);
  await leave.click();
  await page.getByText(t('settings.deleted')).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
  await page.getByRole('link', { name: t('auth.signup') }).first().waitFor();
}
