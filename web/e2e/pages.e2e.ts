import { expect, test } from 'vitest';

import { enter, newPerson } from './people';
import { expectAccessible, hasTitle, inEveryVariant, open, visits, type Visit } from './support';
import { wordsFor, type Key, type Language } from './words';

const visiting = visits();
/** Each page with its heading, which is its title too. */
const OUTSIDE: [string, Key][] = [
  ['/login', 'auth.login'], ['/signup', 'auth.signup'], ['/reset', 'auth.reset.title'],
  ['/reset-password#token=x', 'auth.reset.title'], ['/search', 'search.title'],
];
const INSIDE: [string, Key][] = [
  ['/', 'home.title'], ['/?top=week', 'home.title'], ['/write', 'write.title'],
  ['/me', 'mine.title'], ['/me/likes', 'mine.liked'], ['/gallery', 'gallery.title'], ['/calendar', 'calendar.title'],
  ['/notifications', 'notices.title'], ['/settings', 'settings.title'], ['/friends', 'friends.title'],
];
/** Where it is tomorrow before it is today elsewhere. */
const ZONES = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

inEveryVariant((variant) => {
  const { language } = variant;
  const other: Language = language === 'ko' ? 'en' : 'ko';

  test('every page has its title and keeps nobody out, also while there is nothing on it', async () => {
    const person = await newPerson(language);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await open(visit, '/');
      await page.getByRole('heading', { name: t('home.welcome.title') }).waitFor();
      await expectAccessible(page);
      for (const [path, heading] of OUTSIDE) await look(visit, path, t(heading));
      await enter(page, person.email);
      for (const [path, heading] of INSIDE) await look(visit, path, t(heading));
      await look(visit, '/search?q=아무도', t('search.found', { q: '아무도' }));
      await look(visit, '/tags/아무도', '#아무도');
      await look(visit, `/users/${person.id}`, person.name);
    });
  });

  test('the language is switched, before and after logging in', async () => {
    const person = await newPerson(language);
    await visiting(variant, async ({ page, t }) => {
      const theirs = wordsFor(other);
      await page.goto('/login');
      await page.getByRole('button', { name: other === 'ko' ? '한국어' : 'English' }).click();
      await page.getByRole('heading', { name: theirs('auth.login'), level: 1 }).waitFor();
      await hasTitle(page, theirs('auth.login'));
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(other);
      await page.reload();
      await page.getByRole('heading', { name: theirs('auth.login'), level: 1 }).waitFor();
      await expectAccessible(page);
      // Whoever logs in reads the language of their account.
      await enter(page, person.email);
      await page.goto('/settings');
      await page.getByRole('heading', { name: t('settings.title'), level: 1 }).waitFor();
      await page.getByLabel(t('settings.language')).selectOption(other);
      await page.getByRole('button', { name: t('actions.save') }).click();
      await page.getByRole('heading', { name: theirs('settings.title'), level: 1 }).waitFor();
      await hasTitle(page, theirs('settings.title'));
      await expectAccessible(page);
    });
  });

  test('today is today in the time zone of whoever writes', async () => {
    const person = await newPerson(language);
    await visiting(variant, async (visit) => {
      const { page, t } = visit;
      await enter(page, person.email);
      for (const zone of ZONES) {
        await open(visit, '/settings');
        await page.getByLabel(t('settings.timezone')).selectOption(zone);
        await page.getByRole('button', { name: t('actions.save') }).click();
        await page.getByText(t('settings.saved')).waitFor();
        await open(visit, '/write');
        const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date());
        expect(await page.getByLabel(t('entry.date')).inputValue()).toBe(today);
      }
    });
  });

  test('the desk is by day or at night, as one chose, in all tabs and after a reload', async () => {
    const person = await newPerson(language);
    await visiting(variant, async (visit) => {
      const { page, context, t } = visit;
      const theme = (where = page) => where.evaluate(() => document.documentElement.dataset.theme);
      await enter(page, person.email);
      await open(visit, '/settings');
      expect(await theme()).toBe('light');
      const second = await context.newPage();
      await open({ page: second, t }, '/settings');
      await page.getByRole('radio', { name: t('settings.themes.dark') }).click();
      expect(await theme()).toBe('dark');
      await expect.poll(() => theme(second)).toBe('dark');
      await expectAccessible(page);
      await open(visit, '/');
      expect(await theme()).toBe('dark');
      await expectAccessible(page);
      await open(visit, '/settings');
      await page.getByRole('radio', { name: t('settings.themes.system') }).click();
      await expect.poll(() => theme()).toBe('light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => theme()).toBe('dark');
    });
  });
});

async function look(visit: Visit, path: string, heading: string): Promise<void> {
  await open(visit, path);
  await visit.page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await hasTitle(visit.page, heading);
  await expectAccessible(visit.page);
}
