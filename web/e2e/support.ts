import { readFileSync } from 'node:fs';

import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';

import { wordsFor, type Language, type Say } from './words';

export const BASE = setting('URL');
export const PASSWORD = setting('PASSWORD');
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest phone that everything has to fit on. */
const NARROW = { width: 360, height: 740 };
/** Drawing begins with starting the model; how fast the machine is is nothing tested here. */
export const WAIT = Number(process.env.PATIENCE ?? 300) * 1000;

const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export interface Variant {
  language: Language;
  width: 'desktop' | 'phone';
  viewport: typeof DESKTOP;
}

const VARIANTS: Variant[] = (['ko', 'en'] as const).flatMap((language) => [
  { language, width: 'desktop', viewport: DESKTOP },
  { language, width: 'phone', viewport: PHONE },
]);

/** The same in both languages and on both widths, each on its own. */
export function inEveryVariant(tests: (variant: Variant) => void): void {
  for (const variant of VARIANTS) describe(`${variant.language}, ${variant.width}`, () => tests(variant));
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: setting('CHROMIUM'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  t: Say;
  /** What the browser complained of: scripts that failed, what the security policy stopped. */
  complaints: string[];
  /** Requests that went to anybody but the service and its pictures. */
  foreign: string[];
}

export type Visiting = (variant: Pick<Variant, 'language' | 'viewport'>, what: (visit: Visit) => Promise<void>) => Promise<void>;

/** One browser for all tests of a file, and a way to visit with a profile of one's own. */
export function visits(): Visiting {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  return async ({ language, viewport }, what) => {
    const visited = await visit(browser, language, viewport);
    try {
      await what(visited);
      expect(visited.complaints).toEqual([]);
      expect(visited.foreign).toEqual([]);
    } catch (error) {
      if (error instanceof Error) error.message += await seen(visited.page);
      throw error;
    } finally {
      await visited.context.close();
    }
  };
}

/** What a person would have seen when it failed. */
async function seen(page: Page): Promise<string> {
  const text = await page.locator('body').innerText({ timeout: 2000 }).catch(String);
  return `\n\nThe page ${page.url()} said:\n${text.replaceAll(/\n+/g, '\n').slice(0, 1500)}`;
}

export async function visit(browser: Browser, language: Language, viewport = DESKTOP, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: BASE,
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'Asia/Seoul',
    hasTouch: viewport.width < 600,
  });
  context.setDefaultTimeout(WAIT);
  const complaints: string[] = [];
  const foreign: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    const isRefusal = /Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
  });
  return { page: await context.newPage(), context, t: wordsFor(language), complaints, foreign };
}

let people = 0;

export function newAccount(language: Language) {
  people += 1;
  return {
    email: `web${people}.${process.pid}.${Date.now()}@example.com`,
    name: language === 'ko' ? `하늘${people}` : `Robin ${people}`,
    password: PASSWORD,
    birth_date: '1995-05-05',
  };
}

export async function signUp(page: Page, language: Language): Promise<{ email: string; name: string }> {
  const t = wordsFor(language);
  const account = newAccount(language);
  await page.goto('/signup');
  await page.getByLabel(t('auth.name'), { exact: true }).fill(account.name);
  await page.getByLabel(t('auth.email'), { exact: true }).fill(account.email);
  await page.getByLabel(t('auth.password'), { exact: true }).fill(account.password);
  await page.getByLabel(t('auth.birthDate')).fill(account.birth_date);
  await page.getByRole('button', { name: t('auth.signup') }).click();
  await page.getByRole('link', { name: t('nav.write') }).first().waitFor();
  return account;
}

export async function logIn(page: Page, language: Language, email: string, password = PASSWORD): Promise<void> {
  await tryLogIn(page, language, email, password);
  await page.getByRole('link', { name: wordsFor(language)('nav.write') }).first().waitFor();
}

export async function tryLogIn(page: Page, language: Language, email: string, password: string): Promise<void> {
  const t = wordsFor(language);
  await page.goto('/login');
  await page.getByLabel(t('auth.email'), { exact: true }).fill(email);
  await page.getByLabel(t('auth.password'), { exact: true }).fill(password);
  await page.getByRole('button', { name: t('auth.login') }).click();
}

/** Open a page, and wait until it shows what it has. */
export async function open({ page, t }: Pick<Visit, 'page' | 't'>, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByText(t('states.loading')).first().waitFor({ state: 'detached' });
}

export async function hasTitle(page: Page, title: string): Promise<void> {
  await expect.poll(() => page.title(), { message: page.url() }).toBe(`${title} · Deep-Story`);
}

/** Look at the notices until there is one: they come a moment after what they tell of. */
export async function expectNotice(page: Page, notice: Locator): Promise<void> {
  const isThere = async () => {
    await page.goto('/notifications');
    return notice.waitFor({ timeout: 2000 }).then(() => true, () => false);
  };
  await expect.poll(isThere, { timeout: WAIT }).toBe(true);
}

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Fail when axe finds anything that keeps people out, or when the page is wider than its window. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (root: Document) => Promise<{ violations: Violation[] }> } };
    return (await axe.run(document)).violations;
  });
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary}`).join('\n')}`);
  expect(told, page.url()).toEqual([]);
  await expectFits(page);
  const viewport = page.viewportSize();
  if (viewport === null || viewport.width > PHONE.width) return;
  await page.setViewportSize(NARROW);
  await setFieldSizes(page, 60);
  await expectFits(page);
  await setFieldSizes(page, 20);
  await page.setViewportSize(viewport);
}

/** How many average letters a field is wide by itself: with other fonts 20 take the room of 60. */
async function setFieldSizes(page: Page, letters: number): Promise<void> {
  await page.evaluate((size) => {
    for (const field of document.querySelectorAll('input')) field.size = size;
    for (const field of document.querySelectorAll('textarea')) field.cols = size;
  }, letters);
}

async function expectFits(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, `${page.url()} is wider than its window of ${page.viewportSize()?.width ?? 0} pixels`).toBeLessThanOrEqual(0);
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these run against a service that is up.`);
  return value;
}
