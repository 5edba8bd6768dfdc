import { afterAll, expect, test } from 'vitest';

import { entryIn, developed, fill, order } from './entries';
import { ADMIN, administrator, enter, newPerson } from './people';
import { expectAccessible, inEveryVariant, open, visits, WAIT, type Visit } from './support';
import type { Page } from 'playwright-core';

const visiting = visits();

// Whatever failed here, the others have their pictures drawn.
afterAll(async () => {
  const admin = await administrator();
  await admin.call('PUT', '/admin/model', { mode: 'auto' });
});

inEveryVariant((variant) => {
  const { language } = variant;
  const entry = entryIn(language);

  test('the model is switched off and a picture waits; switched on again, it is drawn', async () => {
    const writer = await newPerson(language);
    await visiting(variant, async (admin) => {
      await enter(admin.page, ADMIN);
      await speak(admin, language);
      await open(admin, '/admin/model');
      await setMode(admin, 'off');
      await expectAccessible(admin.page);
      await visiting(variant, async ({ page, t }) => {
        await enter(page, writer.email);
        await page.goto('/write');
        await fill(page, entry);
        await order(page, entry);
        await page.getByText(t('tray.waiting')).waitFor();
        await page.getByText(t('tray.modelAbsent')).waitFor();
        await expectAccessible(page);
        await setMode(admin, 'auto');
        await developed(page, language);
        await setMode(admin, 'on');
        await admin.page.getByText(t('admin.model.states.ready'), { exact: true }).first().waitFor({ timeout: WAIT });
        await setMode(admin, 'auto');
      });
      await open(admin, '/admin/audit');
      await admin.page.getByText(admin.t('admin.audit.actions.model_mode_changed')).first().waitFor();
      await expectAccessible(admin.page);
      await open(admin, '/admin');
      await admin.page.getByRole('heading', { name: admin.t('admin.dashboard.access') }).waitFor();
      await admin.page.getByText(admin.t('admin.dashboard.numbers')).last().waitFor();
      await expectAccessible(admin.page);
    });
  });

  test('hours in which the model is kept on are set, kept and taken away', async () => {
    await (await administrator()).call('PUT', '/admin/model/schedule', { windows: [] });
    await visiting(variant, async (admin) => {
      const { page, t } = admin;
      await enter(page, ADMIN);
      await speak(admin, language);
      await open(admin, '/admin/model');
      const title = page.getByRole('heading', { name: t('admin.schedule.title') });
      await title.waitFor();
      const rows = page.getByRole('group', { name: t('admin.schedule.window') });
      const save = page.getByRole('button', { name: t('actions.save') });
      const remove = page.getByRole('button', { name: t('admin.schedule.remove') });
      await addHours(page, t);
      await addHours(page, t);
      await save.click();
      await page.getByText(t('reasons.overlap')).waitFor();
      await expectAccessible(page);
      await remove.last().click();
      await save.click();
      await page.getByText(t('settings.saved')).waitFor();
      await page.reload();
      await title.waitFor();
      expect(await rows.count()).toBe(1);
      expect(await page.getByLabel(t('admin.schedule.to'), { exact: true }).last().inputValue()).toBe('00:00');
      await remove.last().click();
      await save.click();
      await page.getByText(t('settings.saved')).waitFor();
      await page.reload();
      await title.waitFor();
      expect(await rows.count()).toBe(0);
    });
  });
});

/** The administrator is one person for all variants: their language is set on the way. */
async function speak({ page, t }: Visit, language: 'ko' | 'en'): Promise<void> {
  const admin = await administrator();
  await admin.call('PATCH', '/me', { language });
  await page.goto('/');
  await page.getByRole('heading', { name: t('home.title'), level: 1 }).waitFor();
}

async function setMode({ page, t }: Visit, mode: 'off' | 'auto' | 'on'): Promise<void> {
  const choice = page.getByRole('radio', { name: t(`admin.model.modes.${mode}`), exact: true });
  await choice.click();
  await page.getByText(t(`admin.model.means.${mode}`)).waitFor();
  expect(await choice.getAttribute('aria-checked')).toBe('true');
}

/** The last ten minutes of each working day. */
async function addHours(page: Page, t: Visit['t']): Promise<void> {
  await page.getByRole('button', { name: t('admin.schedule.add') }).click();
  await page.getByLabel(t('admin.schedule.from'), { exact: true }).last().fill('23:50');
  await page.getByLabel(t('admin.schedule.to'), { exact: true }).last().fill('00:00');
}
