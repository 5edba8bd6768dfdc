import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { BASE, newAccount, PASSWORD, WAIT } from './support';
import type { Language } from './words';

export const ADMIN = 'admin@deepstory.local';

/** Somebody who is known to the service, and what they do elsewhere than in the browser that is looked at. */
export class Person {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly id: string,
    private readonly token: string,
  ) {}

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
    const response = await fetch(`${BASE}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async post(title: string, changes: Record<string, unknown> = {}): Promise<string> {
    const post = await this.call<{ id: string }>('POST', '/posts', { title, text: title, visibility: 'public', ...changes });
    return post.id;
  }

  /** Have pictures drawn, and wait until they are. */
  async draw(prompt: string, count = 1): Promise<string[]> {
    const { items } = await this.call<{ items: { id: string }[] }>('POST', '/pictures', { prompt, count });
    for (const { id } of items) {
      await expect.poll(async () => (await this.call<{ status: string }>('GET', `/pictures/${id}`)).status, { timeout: WAIT }).toBe('ready');
    }
    return items.map(({ id }) => id);
  }

  /** End every session there is, on all devices, as from another one. */
  endSessions(): Promise<unknown> {
    return this.call('POST', '/auth/logout-all');
  }
}

interface Granted {
  user: { id: string; name: string };
  access_token: string;
}

/** Sign somebody up without a browser, where signing up is not what is looked at. */
export async function newPerson(language: Language): Promise<Person> {
  const account = newAccount(language);
  const body = { ...account, gender: 'undisclosed', language, timezone: 'Asia/Seoul', token_delivery: 'body' };
  return personOf(account.email, await granted('signup', body));
}

export async function administrator(): Promise<Person> {
  return personOf(ADMIN, await granted('login', { email: ADMIN, password: PASSWORD, token_delivery: 'body' }));
}

/** Log somebody in on a browser without its form: the session's cookie is the browser's own. */
export async function enter(page: Page, email: string): Promise<void> {
  const response = await page.context().request.post('/api/v1/auth/login', { data: { email, password: PASSWORD, token_delivery: 'cookie' } });
  expect(response.status(), await response.text()).toBe(200);
  const { user } = (await response.json()) as Granted;
  await page.goto('/robots.txt');
  await page.evaluate((known) => localStorage.setItem('deep-story.user', known), JSON.stringify(user));
}

function personOf(email: string, { user, access_token }: Granted): Person {
  return new Person(email, user.name, user.id, access_token);
}

async function granted(how: 'signup' | 'login', body: unknown): Promise<Granted> {
  const response = await fetch(`${BASE}/api/v1/auth/${how}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${how} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Granted;
}
