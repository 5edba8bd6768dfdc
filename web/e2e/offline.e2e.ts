import { expect, test } from 'vitest';

import { entryIn, textField, titleField } from './entries';
import { enter, newPerson } from './people';
import { BASE, expectAccessible, inEveryVariant, open, visits, type Visit } from './support';

const visiting = visits();

inEveryVariant((variant) => {
  const entry = entryIn(variant.language);

  test('writing goes on without a network, through a reload, and is sent once there is one', async () => {
    const writer = await newPerson(variant.language);
    await visiting(variant, async (visit) => {
      const { page, context, t } = visit;
      await enter(page, writer.email);
      await page.goto('/write');
      await isKept(visit);
      await titleField(page, t).fill(entry.title);
      await context.setOffline(true);
      await page.getByText(t('states.offline.bar')).waitFor();
      await textField(page, t).fill(entry.text);
      await page.getByText(t('write.keptOffline')).waitFor();
      await page.getByRole('button', { name: t('write.keep') }).click();
      await page.getByText(t('errors.offline')).waitFor();
      await expectAccessible(page);
      await page.reload();
      await expect.poll(() => textField(page, t).inputValue()).toBe(entry.text);
      expect(await titleField(page, t).inputValue()).toBe(entry.title);
      await expectAccessible(page);
      // Another page opens too, and says what it lacks.
      await open(visit, '/calendar');
      await page.getByRole('heading', { name: t('states.offline.title') }).waitFor();
      await expectAccessible(page);
      await page.goto('/write');
      await expect.poll(() => textField(page, t).inputValue()).toBe(entry.text);
      await context.setOffline(false);
      await page.getByText(t('states.offline.bar')).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: t('write.keep') }).click();
      await page.getByRole('heading', { name: entry.title, level: 1 }).waitFor();
      const { items } = await writer.call<{ items: { title: string }[] }>('GET', '/me/posts');
      expect(items.map(({ title }) => title)).toEqual([entry.title]);
    });
  });

  test('it can be installed, and keeps its own files but nothing that the API answered', async () => {
    const reader = await newPerson(variant.language);
    await reader.post(entry.title);
    await visiting(variant, async (visit) => {
      const { page, context } = visit;
      await enter(page, reader.email);
      await page.goto('/me');
      await page.getByRole('heading', { name: entry.title }).waitFor();
      await isKept(visit);
      const devtools = await context.newCDPSession(page);
      const { url, errors } = (await devtools.send('Page.getAppManifest')) as { url: string; errors: unknown[] };
      expect(errors).toEqual([]);
      const manifest = (await (await fetch(url)).json()) as Manifest;
      expect(manifest).toMatchObject({ id: '/', start_url: '/', scope: '/', display: 'standalone' });
      for (const icon of manifest.icons) {
        const answered = await fetch(new URL(icon.src, BASE));
        expect(answered.headers.get('content-type')?.split(';')[0]).toBe(icon.type);
      }
      expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? 'any'}`)).toEqual(
        expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']),
      );
      const kept = await page.evaluate(async () => {
        const names = await caches.keys();
        const files = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url: file }) => new URL(file).pathname)));
        return files.flat();
      });
      expect(kept).toContain('/index.html');
      expect(kept.filter((path) => !/^\/(?:assets\/|icons\/|index\.html$|theme\.js$)/.test(path))).toEqual([]);
    });
  });
});

interface Manifest {
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
}

/** Wait until the service worker has put the app's files away. */
async function isKept({ page }: Visit): Promise<void> {
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
}
