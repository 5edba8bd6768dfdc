import { expect, test } from 'vitest';

import { entryIn, fill } from './entries';
import { enter, newPerson, type Person } from './people';
import { DESKTOP, expectAccessible, expectNotice, inEveryVariant, PHONE, visits, WAIT, type Visit } from './support';

const visiting = visits();
const DIARY = '우리의 바다';

inEveryVariant((variant) => {
  const { language } = variant;
  const entry = entryIn(language);
  // The friend reads the other language, on the other device.
  const other = {
    language: language === 'ko' ? 'en' : 'ko',
    viewport: variant.width === 'desktop' ? PHONE : DESKTOP,
  } as const;

  test('two keep a diary together, until one of them leaves it', async () => {
    const [asker, friend] = await Promise.all([newPerson(language), newPerson(other.language)]);
    await visiting(variant, async (mine) => {
      await enter(mine.page, asker.email);
      await visiting(other, async (theirs) => {
        await enter(theirs.page, friend.email);
        await ask(mine, friend.email);
        await accept(theirs, asker);
        await fillIn(mine);
        const address = mine.page.url();
        await answerTo(theirs, address);
        await heardOf(mine);
        await leave(mine, friend);
        await theirs.page.goto(address);
        await theirs.page.getByRole('heading', { name: theirs.t('states.absent.title') }).waitFor();
        await expectAccessible(theirs.page);
        await theirs.page.goto('/friends');
        await theirs.page.getByText(theirs.t('friends.empty.title')).waitFor();
      });
    });
  });

  test('a request is declined, and another is taken back', async () => {
    const [asker, friend] = await Promise.all([newPerson(language), newPerson(language)]);
    const request = (diary: string) => asker.call<{ id: string }>('POST', '/friend-requests', { email: friend.email, diary_name: diary });
    await request(DIARY);
    await visiting(variant, async ({ page, t }) => {
      await enter(page, friend.email);
      await page.goto('/friends');
      await page.getByRole('button', { name: t('friends.decline') }).click();
      await page.getByRole('button', { name: t('friends.decline') }).waitFor({ state: 'detached' });
      await page.getByText(t('friends.empty.title')).waitFor();
    });
    await visiting(variant, async ({ page, t }) => {
      const stranger = await newPerson(language);
      await asker.call('POST', '/friend-requests', { email: stranger.email, diary_name: DIARY });
      await enter(page, asker.email);
      await page.goto('/friends');
      await page.getByText(stranger.email).waitFor();
      await page.getByRole('listitem').filter({ hasText: stranger.email }).getByRole('button', { name: t('friends.takeBack') }).click();
      await page.getByText(stranger.email).waitFor({ state: 'detached' });
    });
  });

  async function fillIn({ page, t }: Visit): Promise<void> {
    await page.goto('/friends');
    await page.getByRole('main').getByRole('link', { name: DIARY }).click();
    await page.getByRole('main').getByRole('link', { name: t('nav.write'), exact: true }).click();
    await page.getByRole('heading', { name: t('friends.writeIn', { diary: DIARY }) }).waitFor();
    await fill(page, entry);
    await expectAccessible(page);
    await page.getByRole('button', { name: t('friends.put') }).click();
    await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
  }

  async function answerTo({ page, t }: Visit, address: string): Promise<void> {
    await page.goto(address);
    const heart = page.getByRole('button', { name: t('post.like', { title: entry.title }) });
    await heart.click();
    await expect.poll(() => heart.getAttribute('aria-pressed')).toBe('true');
    await page.getByLabel(t('comments.label'), { exact: true }).fill('A whale, really?');
    await page.getByRole('button', { name: t('comments.send') }).click();
    await page.getByRole('listitem').getByText('A whale, really?').waitFor();
    await expectAccessible(page);
  }

  async function heardOf({ page, t }: Visit): Promise<void> {
    const heart = page.getByRole('button', { name: t('post.like', { title: entry.title }) });
    await expect.poll(async () => {
      await page.reload();
      return heart.textContent();
    }, { timeout: WAIT, interval: 500 }).toContain('1');
    await page.getByRole('listitem').getByText('A whale, really?').waitFor();
    await expectAccessible(page);
  }
});

async function ask({ page, t }: Visit, email: string): Promise<void> {
  await page.goto('/friends');
  await page.getByRole('button', { name: t('friends.ask') }).click();
  await page.getByLabel(t('friends.email')).fill(email);
  await page.getByLabel(t('friends.diaryName')).fill(DIARY);
  await expectAccessible(page);
  await page.getByRole('button', { name: t('friends.send'), exact: true }).click();
  await page.getByRole('heading', { name: t('friends.outgoing', { count: 1 }) }).waitFor();
  await page.getByText(email).waitFor();
}

/** The notice leads to the request. */
async function accept({ page, t }: Visit, asker: Person): Promise<void> {
  const notice = page.getByRole('main').getByRole('link', { name: t('notices.kinds.friend_requested', { name: asker.name }) });
  await expectNotice(page, notice);
  await notice.click();
  await page.getByRole('heading', { name: t('friends.incoming', { count: 1 }) }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: t('friends.accept'), exact: true }).click();
  await page.getByRole('heading', { name: DIARY, level: 1 }).waitFor();
  await page.getByText(t('friends.blank.title')).waitFor();
}

async function leave({ page, t }: Visit, friend: Person): Promise<void> {
  await page.getByRole('link', { name: DIARY }).click();
  await page.getByRole('heading', { name: DIARY, level: 1 }).waitFor();
  await page.getByRole('button', { name: t('actions.menu') }).click();
  await page.getByRole('menuitem', { name: t('friends.leave') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(t('friends.leaveText', { name: friend.name })).waitFor();
  await dialog.getByRole('button', { name: t('friends.leave') }).click();
  await page.getByText(t('friends.receipt.kept', { count: 1 })).waitFor();
  await page.getByText(t('friends.receipt.closed', { diary: DIARY })).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: t('actions.close') }).click();
  await page.getByText(t('friends.empty.title')).waitFor();
}
