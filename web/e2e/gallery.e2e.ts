import type { CDPSession, Locator } from 'playwright-core';
import { expect, test } from 'vitest';

import { enter, newPerson } from './people';
import { expectAccessible, inEveryVariant, open, visits, type Visit } from './support';

const visiting = visits();
const PROMPTS = ['바다의 고래', 'a red balloon over the sea'];

inEveryVariant((variant) => {
  test('pictures are looked through, drawn again, used and deleted', async () => {
    const owner = await newPerson(variant.language);
    for (const prompt of PROMPTS) await owner.draw(prompt);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, owner.email);
      await open(visit, '/gallery');
      await expectAccessible(page);
      // The newest comes first.
      const [second = '', first = ''] = PROMPTS;
      const thumb = page.getByRole('button', { name: t('gallery.open', { prompt: first }) });
      await thumb.click();
      await shows(visit, first);
      await expectAccessible(page);
      if (variant.width === 'phone') await swipe(visit, first, second);
      else await press(visit, first, second);
      // A link to one picture opens it, and the back button leaves it.
      expect(new URL(page.url()).searchParams.get('picture')).not.toBeNull();
      await page.goBack();
      await viewer(visit).waitFor({ state: 'detached' });
      expect(new URL(page.url()).pathname).toBe('/gallery');
      await thumb.click();
      await shows(visit, first);
      await page.keyboard.press('Escape');
      await viewer(visit).waitFor({ state: 'detached' });
      await isFocused(thumb);
      await thumb.click();
      await viewer(visit).getByRole('button', { name: t('gallery.use') }).click();
      await page.getByRole('button', { name: t('picture.choose', { number: 1 }) }).waitFor();
      await open(visit, '/gallery');
      await remove(visit, thumb);
    });
  });

  test('a dialog keeps the focus inside, closes by Escape and gives the focus back', async () => {
    const person = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, person.email);
      await open(visit, '/friends');
      const ask = page.getByRole('button', { name: t('friends.ask') });
      await ask.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      for (let tab = 0; tab < 8; tab += 1) {
        await page.keyboard.press(tab < 5 ? 'Tab' : 'Shift+Tab');
        expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await isFocused(ask);
      const address = `/posts/${await person.post('지울 일기')}`;
      await open(visit, address);
      const menu = page.getByRole('button', { name: t('actions.menu') });
      await menu.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: t('post.delete.title') }).waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await isFocused(menu);
    });
  });
});

const viewer = ({ page, t }: Visit) => page.getByRole('dialog', { name: t('gallery.viewer') });

async function shows(visit: Visit, prompt: string): Promise<void> {
  await viewer(visit).getByRole('img', { name: visit.t('picture.altPrompt', { prompt }) }).waitFor();
}

async function isFocused(what: Locator): Promise<void> {
  await expect.poll(() => what.evaluate((element) => element === document.activeElement)).toBe(true);
}

async function press(visit: Visit, first: string, second: string): Promise<void> {
  await visit.page.keyboard.press('ArrowRight');
  await shows(visit, second);
  // There is none after it.
  await visit.page.keyboard.press('ArrowRight');
  await visit.page.keyboard.press('ArrowLeft');
  await shows(visit, first);
  await visit.page.keyboard.press('ArrowRight');
  await shows(visit, second);
}

async function swipe(visit: Visit, first: string, second: string): Promise<void> {
  const finger = await visit.context.newCDPSession(visit.page);
  await drag(visit, finger, [-120, 10]);
  await shows(visit, second);
  await drag(visit, finger, [120, -10]);
  await shows(visit, first);
  // Scrolling is no swipe, however crooked.
  await drag(visit, finger, [-80, -150]);
  await shows(visit, first);
  await drag(visit, finger, [-120, 0]);
  await shows(visit, second);
}

/** One finger drawn over the picture, as the screen would tell it. */
async function drag(visit: Visit, finger: CDPSession, [across, along]: [number, number]): Promise<void> {
  const STEPS = 6;
  const box = await viewer(visit).getByRole('img').boundingBox();
  if (box === null) throw new Error('no picture is shown');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const touch = (type: 'touchStart' | 'touchMove', part: number) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: x + across * part, y: y + along * part }] });
  await touch('touchStart', 0);
  for (let step = 1; step <= STEPS; step += 1) await touch('touchMove', step / STEPS);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await visit.page.evaluate(() => new Promise(requestAnimationFrame));
}

async function remove(visit: Visit, thumb: Locator): Promise<void> {
  const { page, t } = visit;
  await thumb.click();
  await viewer(visit).getByRole('button', { name: t('actions.delete') }).click();
  const confirm = page.getByRole('dialog', { name: t('gallery.delete.title') });
  await confirm.getByRole('button', { name: t('actions.delete') }).click();
  await page.getByText(t('gallery.deleted')).waitFor();
  await thumb.waitFor({ state: 'detached' });
}
