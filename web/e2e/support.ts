import { readFileSync } from 'node:fs';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const BASE = setting('URL');
export const PASSWORD = setting('PASSWORD');
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const WAIT = 120_000;

const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
let people = 0;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the browser complained of: scripts that failed, what the security policy stopped. */
  complaints: string[];
  /** Requests that went to anybody but the service and its pictures. */
  foreign: string[];
}

export async function visit(browser: Browser, language: 'ko' | 'en', viewport = DESKTOP, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: BASE,
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'Asia/Seoul',
    hasTouch: viewport.width < 600,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefusal = /Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.push(request.url());
  });
  return { page, context, complaints, foreign };
}

/** Run with a fresh browser profile; nothing may be complained of and nobody else asked. */
export async function visitWith(browser: Browser, language: 'ko' | 'en', viewport: typeof DESKTOP, what: (visit: Visit) => Promise<void>): Promise<void> {
  const visited = await visit(browser, language, viewport);
  try {
    await what(visited);
    expect(visited.complaints).toEqual([]);
    expect(visited.foreign).toEqual([]);
  } finally {
    await visited.context.close();
  }
}

export interface Person {
  email: string;
  name: string;
}

export async function signUp(page: Page, language: 'ko' | 'en'): Promise<Person> {
  people += 1;
  const person = { email: `web${people}.${process.pid}.${Date.now()}@example.com`, name: language === 'ko' ? `하늘${people}` : `Robin ${people}` };
  const words = WORDS[language];
  await page.goto('/signup');
  await page.getByLabel(words.name).fill(person.name);
  await page.getByLabel(words.email).fill(person.email);
  await page.getByLabel(words.password, { exact: true }).fill(PASSWORD);
  await page.getByLabel(words.birthDate).fill('1995-05-05');
  await page.getByRole('button', { name: words.signUp }).click();
  await page.getByRole('link', { name: words.write }).first().waitFor();
  return person;
}

export async function logIn(page: Page, language: 'ko' | 'en', email: string, password = PASSWORD): Promise<void> {
  await tryLogIn(page, language, email, password);
  await page.getByRole('link', { name: WORDS[language].write }).first().waitFor();
}

export async function tryLogIn(page: Page, language: 'ko' | 'en', email: string, password: string): Promise<void> {
  const words = WORDS[language];
  await page.goto('/login');
  await page.getByLabel(words.email).fill(email);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: words.logIn }).click();
}

export const WORDS = {
  ko: { name: '이름', email: '이메일', password: '비밀번호', birthDate: '생년월일', signUp: '가입하기', logIn: '로그인', write: '쓰기' },
  en: { name: 'Name', email: 'E-mail', password: 'Password', birthDate: 'Date of birth', signUp: 'Sign up', logIn: 'Log in', write: 'Write' },
} as const;

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Fail when axe finds anything that keeps people out. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (root: Document) => Promise<{ violations: Violation[] }> } };
    return (await axe.run(document)).violations;
  });
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary}`).join('\n')}`);
  expect(told, page.url()).toEqual([]);
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these run against a service that is up.`);
  return value;
}
