import { expect, test } from 'vitest';

import { entryIn, textField, titleField } from './entries';
import { administrator, enter, newPerson } from './people';
import { expectAccessible, inEveryVariant, PASSWORD, visits, type Visit } from './support';
import type { Page } from 'playwright-core';

const visiting = visits();
/** An access token is good for fifteen minutes. */
const TOKEN_SECONDS = 900;

inEveryVariant((variant) => {
  const entry = entryIn(variant.language);

  test('the session ends while somebody writes: they log in where they are and go on', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, writer.email);
      await write(visit);
      await writer.endSessions();
      await put(visit).click();
      const dialog = page.getByRole('dialog', { name: t('auth.again.title') });
      await dialog.getByLabel(t('auth.password')).fill('not the password');
      await dialog.getByRole('button', { name: t('auth.login'), exact: true }).click();
      await dialog.getByText(t('errors.invalid_credentials')).waitFor();
      await expectAccessible(page);
      // It has to be answered.
      await page.keyboard.press('Escape');
      await logInAgain(visit);
      expect(await textField(page, t).inputValue()).toBe(entry.text);
      await put(visit).click();
      await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
    });
  });

  test('whose session ended may leave, and finds what they wrote when they come back', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, writer.email);
      await write(visit);
      await writer.endSessions();
      await put(visit).click();
      await page.getByRole('button', { name: t('auth.again.leave') }).click();
      await page.getByRole('heading', { name: t('auth.login'), level: 1 }).waitFor();
      await page.getByLabel(t('auth.email'), { exact: true }).fill(writer.email);
      await page.getByLabel(t('auth.password'), { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: t('auth.login') }).click();
      await expect.poll(() => textField(page, t).inputValue()).toBe(entry.text);
    });
  });

  test('an access token that ran out is renewed without a word', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page, context } = visit;
      await context.clock.install();
      await enter(page, writer.email);
      await write(visit);
      const renewals = renewalsOf(page);
      await context.clock.fastForward(TOKEN_SECONDS * 1000);
      await put(visit).click();
      await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await Promise.all(renewals)).toEqual([200]);
    });
  });

  test('two tabs renew one after the other, and stay logged in until one of them logs out', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page: one, context, t } = visit;
      await context.clock.install();
      await enter(one, writer.email);
      const two = await context.newPage();
      for (const page of [one, two]) await page.goto('/settings');
      for (const page of [one, two]) await page.getByRole('heading', { name: t('settings.title'), level: 1 }).waitFor();
      const renewals = [renewalsOf(one), renewalsOf(two)];
      await context.clock.fastForward(TOKEN_SECONDS * 1000);
      const save = (page: Page) => page.getByRole('button', { name: t('actions.save') }).click();
      await Promise.all([save(one), save(two)]);
      for (const page of [one, two]) await page.getByText(t('settings.saved')).waitFor();
      const statuses = await Promise.all(renewals.flat());
      expect(new Set(statuses)).toEqual(new Set([200]));
      for (const page of [one, two]) expect(await page.getByRole('dialog').count()).toBe(0);
      await one.getByRole('button', { name: t('settings.logout'), exact: true }).click();
      for (const page of [one, two]) await page.getByRole('heading', { name: t('auth.login'), level: 1 }).waitFor();
      // Logging in again in one of them logs in the other too, on the page it was on.
      await one.getByLabel(t('auth.email'), { exact: true }).fill(writer.email);
      await one.getByLabel(t('auth.password'), { exact: true }).fill(PASSWORD);
      await one.getByRole('button', { name: t('auth.login') }).click();
      for (const page of [one, two]) await page.getByRole('heading', { name: t('settings.title'), level: 1 }).waitFor();
    });
  });

  test('two tabs write on one sheet: neither loses what was typed in the other', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page: one, context, t } = visit;
      await enter(one, writer.email);
      const two = await context.newPage();
      for (const page of [one, two]) {
        await page.goto('/write');
        await titleField(page, t).waitFor();
      }
      await titleField(one, t).fill(entry.title);
      await expect.poll(() => titleField(two, t).inputValue()).toBe(entry.title);
      await textField(two, t).fill(entry.text);
      await two.getByText(t('write.kept')).waitFor();
      await expect.poll(() => textField(one, t).inputValue()).toBe(entry.text);
      await one.reload();
      await expect.poll(() => textField(one, t).inputValue()).toBe(entry.text);
      expect(await titleField(one, t).inputValue()).toBe(entry.title);
      // What was posted in one is no longer there to be posted again in the other.
      await one.getByRole('button', { name: t('write.keep') }).click();
      await one.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
      await expect.poll(() => textField(two, t).inputValue()).toBe('');
    });
  });

  test('who is suspended is told so, and after being restored goes on with what they wrote', async () => {
    const [writer, admin] = [await newPerson(variant.language), await administrator()];
    const suspend = (suspended: boolean) => admin.call('PATCH', `/admin/users/${writer.id}`, { suspended });
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, writer.email);
      await write(visit);
      await suspend(true);
      await put(visit).click();
      const dialog = page.getByRole('dialog', { name: t('auth.again.title') });
      await dialog.getByLabel(t('auth.password')).fill(PASSWORD);
      await dialog.getByRole('button', { name: t('auth.login'), exact: true }).click();
      await dialog.getByText(t('errors.account_suspended')).waitFor();
      await expectAccessible(page);
      await suspend(false);
      await logInAgain(visit);
      await put(visit).click();
      await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
    });
  });

  async function write({ page, t }: Visit): Promise<void> {
    await page.goto('/write');
    await titleField(page, t).fill(entry.title);
    await textField(page, t).fill(entry.text);
    await page.getByText(t('write.kept')).waitFor();
  }
});

const put = ({ page, t }: Visit) => page.getByRole('button', { name: t('write.keep') });

async function logInAgain({ page, t }: Visit): Promise<void> {
  const dialog = page.getByRole('dialog', { name: t('auth.again.title') });
  await dialog.getByLabel(t('auth.password')).fill(PASSWORD);
  await dialog.getByRole('button', { name: t('auth.login'), exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** How the service answered each renewal of the session from now on. */
function renewalsOf(page: Page): Promise<number>[] {
  const found: Promise<number>[] = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/auth/refresh')) return;
    found.push(request.response().then((response) => response?.status() ?? 0));
  });
  return found;
}
