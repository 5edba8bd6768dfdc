import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { entryIn, post } from './entries';
import { enter, newPerson } from './people';
import { DESKTOP, expectAccessible, expectNotice, hasTitle, inEveryVariant, logIn, PHONE, signUp, visits, WAIT } from './support';
import { wordsFor, type Language } from './words';

const visiting = visits();
// In whatever language somebody reads the app, what is written here is Korean.
const sea = entryIn('ko');

inEveryVariant((variant) => {
  const { language } = variant;
  const t = wordsFor(language);
  const other = {
    language: language === 'ko' ? 'en' : 'ko',
    viewport: variant.width === 'desktop' ? PHONE : DESKTOP,
  } as const;

  test('one signs up and writes a Korean entry with its picture; another signs up, likes it and comments', async () => {
    let address = '';
    let author = '';
    await visiting(variant, async ({ page }) => {
      author = (await signUp(page, language)).email;
      await post(page, sea, language);
      address = page.url();
      await page.getByRole('img', { name: t('picture.alt', { title: sea.title }) }).waitFor();
      await page.getByRole('img', { name: t('weather.sunny') }).waitFor();
      await hasTitle(page, sea.title);
      await expectAccessible(page);
    });
    await visiting(other, async ({ page }) => likeFromElsewhere(page, other.language, address));
    await visiting(variant, async ({ page }) => {
      await logIn(page, language, author);
      await expectNotice(page, page.getByRole('main').getByText(t('notices.kinds.commented', { name: '' }).trim()));
      await expectAccessible(page);
    });
  });

  test('a post is edited, made private and deleted', async () => {
    const person = await newPerson(language);
    const id = await person.post(sea.title);
    await visiting(variant, async ({ page }) => {
      await enter(page, person.email);
      await page.goto(`/posts/${id}`);
      await page.getByRole('button', { name: t('actions.menu') }).first().click();
      await page.getByRole('menuitem', { name: t('actions.edit') }).click();
      await page.getByLabel(t('entry.title'), { exact: true }).fill('고친 제목');
      await page.getByRole('radio', { name: t('write.private'), exact: true }).click();
      await expectAccessible(page);
      await page.getByRole('button', { name: t('actions.save') }).click();
      await page.getByRole('heading', { name: '고친 제목', level: 1 }).waitFor();
      await page.getByText(t('post.private'), { exact: true }).waitFor();
      await page.getByRole('button', { name: t('actions.menu') }).first().click();
      await page.getByRole('menuitem', { name: t('actions.delete') }).click();
      await expectAccessible(page);
      await page.getByRole('dialog').getByRole('button', { name: t('actions.delete') }).click();
      await page.getByText(t('post.deleted')).waitFor();
      await page.goto(`/posts/${id}`);
      await page.getByRole('heading', { name: t('states.absent.title') }).waitFor();
    });
  });
});

/** A link that somebody was sent: it shows the post, and after signing up leads back to it. */
async function likeFromElsewhere(page: Page, language: Language, address: string): Promise<void> {
  const t = wordsFor(language);
  const heart = page.getByRole('button', { name: t('post.like', { title: sea.title }) });
  await page.goto(address);
  await page.getByRole('heading', { name: sea.title, level: 1 }).waitFor();
  await heart.click();
  await page.getByRole('button', { name: t('auth.login') }).waitFor();
  expect(new URL(page.url()).searchParams.get('next')).toBe(new URL(address).pathname);
  await signUp(page, language);
  await page.goto(address);
  await heart.click();
  await expect.poll(() => heart.getAttribute('aria-pressed')).toBe('true');
  await page.getByLabel(t('comments.label'), { exact: true }).fill('A whale, really?');
  await page.getByRole('button', { name: t('comments.send') }).click();
  await page.getByRole('listitem').getByText('A whale, really?').waitFor();
  await expect.poll(async () => {
    await page.reload();
    return heart.textContent();
  }, { timeout: WAIT, interval: 500 }).toContain('1');
  await expectAccessible(page);
}
