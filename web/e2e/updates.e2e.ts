import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { Builds } from './builds';
import { launch } from './support';

// The service worker alone: which build people see, and what is kept of it, from one to the next.
let browser: Browser;
let context: BrowserContext;
let builds: Builds;
let url: string;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  builds = new Builds();
  url = await builds.start();
  context = await browser.newContext();
});

afterEach(async () => {
  await context.close();
  await builds.stop();
});

test('a new build is shown at once, and is what opens without a network', async () => {
  const page = await firstVisit();
  builds.deploy(2);
  await page.goto(url);
  await page.getByText('build 2').waitFor();
  await expect.poll(() => keptBuilds(page)).toEqual([1, 2]);
  await builds.stop();
  await page.reload();
  await page.getByText('build 2').waitFor();
  await more(page, 2);
});

test('a tab of the build before goes on with its own files', async () => {
  const old = await firstVisit();
  builds.deploy(2);
  const page = await context.newPage();
  await page.goto(url);
  await expect.poll(() => keptBuilds(page)).toEqual([1, 2]);
  await more(old, 1);
  await more(page, 2);
});

test('of builds before the last one nothing is kept', async () => {
  const page = await firstVisit();
  for (const build of [2, 3]) {
    builds.deploy(build);
    await page.goto(url);
    await expect.poll(() => keptBuilds(page)).toEqual([build - 1, build]);
  }
});

test('a build of which a file is missing is not kept, and the whole one before stays', async () => {
  const page = await firstVisit();
  builds.deploy(2);
  builds.broken.add('/assets/late-2.js');
  await page.goto(url);
  await page.getByText('build 2').waitFor();
  await expect.poll(() => builds.asked.has('/assets/late-2.js')).toBe(true);
  await expect.poll(() => page.evaluate(() => caches.keys().then((names) => names.length))).toBe(1);
  await builds.stop();
  await page.reload();
  await page.getByText('build 1').waitFor();
  await more(page, 1);
});

/** Open the site, and wait until its service worker has put the first build away. */
async function firstVisit(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
  expect(await keptBuilds(page)).toEqual([1]);
  return page;
}

async function more(page: Page, build: number): Promise<void> {
  await page.getByRole('button').click();
  await page.getByText(`more of build ${build}`).waitFor();
}

/** The builds whose page and all of whose scripts are kept. */
function keptBuilds(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const kept: number[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const text = await (await cache.match('/index.html'))?.text();
      const build = Number(/build (\d)/.exec(text ?? '')?.[1]);
      const files = await Promise.all([`/assets/first-${build}.js`, `/assets/late-${build}.js`].map((file) => cache.match(file)));
      if (files.every(Boolean)) kept.push(build);
    }
    return kept.sort();
  });
}
