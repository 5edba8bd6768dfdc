import { expect, test } from 'vitest';

import { enter, newPerson } from './people';
import { expectAccessible, hasTitle, inEveryVariant, open, visits, type Visit } from './support';

const visiting = visits();
/** A page of the feed has twelve. */
const POSTS = 26;
const TEXT = '오늘은 바다에 갔다. 물이 아주 차가웠지만, 고래를 본 것 같아서 신났다!';

inEveryVariant((variant) => {
  const { language } = variant;

  test('the feed grows as one scrolls, repeats nothing, and is where one left it when one comes back', async () => {
    const author = await newPerson(language);
    const titles = Array.from({ length: POSTS }, (_, number) => `${author.name} ${number + 1}일`);
    for (const title of titles) await author.post(title, { text: TEXT });
    await visiting(variant, async (visit) => {
      const { page } = visit;
      await open(visit, `/users/${author.id}`);
      const cards = page.getByRole('article');
      await expect.poll(async () => {
        await cards.last().scrollIntoViewIfNeeded();
        return cards.count();
      }).toBe(POSTS);
      expect(await page.getByRole('article').getByRole('heading').allTextContents()).toEqual([...titles].reverse());
      const wanted = page.getByRole('link', { name: titles[3] ?? '', exact: true });
      // Where nothing lies over it, so that clicking it does not scroll on.
      await wanted.evaluate((link) => link.scrollIntoView({ block: 'center' }));
      const place = () => page.evaluate(() => Math.round(scrollY));
      const before = await place();
      expect(before).toBeGreaterThan(500);
      await wanted.click();
      await page.getByRole('heading', { name: titles[3] ?? '', level: 1 }).waitFor();
      expect(await place()).toBe(0);
      await page.goBack();
      await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThanOrEqual(3);
      expect(await cards.count()).toBe(POSTS);
      await expectAccessible(page);
      await page.goForward();
      await page.getByRole('heading', { name: titles[3] ?? '', level: 1 }).waitFor();
      await hasTitle(page, titles[3] ?? '');
    });
  });

  test('a like that the service refuses is taken back, and why is told', async () => {
    const [author, reader] = await Promise.all([newPerson(language), newPerson(language)]);
    const title = `${author.name} 사라질 날`;
    const id = await author.post(title);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, reader.email);
      await open(visit, `/users/${author.id}`);
      const heart = page.getByRole('button', { name: t('post.like', { title }) });
      await heart.waitFor();
      await author.call('PATCH', `/posts/${id}`, { visibility: 'private' });
      const refused = page.waitForResponse((response) => response.url().endsWith('/like'));
      await heart.click();
      expect((await refused).status()).toBe(404);
      await page.getByText(t('errors.not_found')).waitFor();
      expect(await heart.getAttribute('aria-pressed')).toBe('false');
      expect(await heart.textContent()).toContain('0');
      await expectAccessible(page);
    });
  });

  test('what is absent, private or for others says so, and leads on', async () => {
    const [author, reader] = await Promise.all([newPerson(language), newPerson(language)]);
    const secret = await author.post('비공개', { visibility: 'private' });
    await visiting(variant, async (visit) => {
      const { page } = visit;
      for (const path of ['/nowhere', `/posts/${secret}`, '/posts/nothing', '/users/nothing']) await isAbsent(visit, path);
      // What only members have leads to logging in, and from there to the page itself.
      await page.goto('/calendar?month=2026-01');
      await page.getByRole('heading', { name: visit.t('auth.login'), level: 1 }).waitFor();
      expect(new URL(page.url()).searchParams.get('next')).toBe('/calendar?month=2026-01');
      await enter(page, reader.email);
      for (const path of [`/posts/${secret}/edit`, '/diaries/nothing', '/diaries/nothing/entries/nothing']) await isAbsent(visit, path);
      await page.goto('/admin/model');
      await page.getByRole('heading', { name: visit.t('states.forbidden.title'), level: 1 }).waitFor();
      await hasTitle(page, visit.t('states.forbidden.title'));
      await expectAccessible(page);
      await page.getByRole('link', { name: visit.t('states.home') }).click();
      await page.getByRole('heading', { name: visit.t('home.title'), level: 1 }).waitFor();
    });
  });
});

async function isAbsent(visit: Visit, path: string): Promise<void> {
  const { page, t } = visit;
  await page.goto(path);
  await page.getByRole('heading', { name: t('states.absent.title'), level: 1 }).waitFor();
  await hasTitle(page, t('states.absent.title'));
  await expectAccessible(page);
}
