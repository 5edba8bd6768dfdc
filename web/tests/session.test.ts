import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { granted, refusal, user } from './people';
import { server } from './setup';
import { Session } from '@/lib/session/store';
import { Tabs, type News } from '@/lib/session/tabs';

const REFRESH = 'http://diary.test/api/v1/auth/refresh';

function tabs() {
  const told: News[] = [];
  let hear: (news: News) => void = () => undefined;
  return {
    told,
    fromAnother: (news: News) => hear(news),
    listen: (listener: (news: News) => void) => {
      hear = listener;
      return () => undefined;
    },
    tell: (news: News) => void told.push(news),
    alone: <T,>(work: () => Promise<T>) => work(),
  };
}

function refreshing(...answers: (() => Response | Promise<Response>)[]) {
  const calls = vi.fn();
  server.use(
    http.post(REFRESH, () => {
      calls();
      const next = answers.length > 1 ? answers.shift() : answers[0];
      return next?.();
    }),
  );
  return calls;
}

beforeEach(() => localStorage.setItem('deep-story.user', JSON.stringify(user)));

describe('session', () => {
  test('many requests at once renew it once', async () => {
    const calls = refreshing(() => HttpResponse.json(granted('first')));
    const session = new Session(tabs());
    session.enter(granted('old', { expires_in: 1 }));
    expect(await Promise.all([session.token(), session.token(), session.renew('old')])).toEqual(['first', 'first', 'first']);
    expect(calls).toHaveBeenCalledTimes(1);
  });

  test('who was never logged in here asks for nothing', async () => {
    localStorage.clear();
    const session = new Session(tabs());
    await session.start();
    expect(session.current().status).toBe('anonymous');
    expect(await session.token()).toBeNull();
  });

  test('a page that opens gets its session from the cookie', async () => {
    refreshing(() => HttpResponse.json(granted('first')));
    const session = new Session(tabs());
    await session.start();
    expect(session.current()).toEqual({ status: 'member', user });
    expect(await session.token()).toBe('first');
  });

  test('what is asked for while the page opens waits for the session', async () => {
    refreshing(() => HttpResponse.json(granted('first')));
    const session = new Session(tabs());
    const started = session.start();
    expect(await session.token()).toBe('first');
    await started;
  });

  test('without a network somebody stays who they are', async () => {
    refreshing(() => HttpResponse.error());
    const session = new Session(tabs());
    await session.start();
    expect(session.current()).toEqual({ status: 'member', user });
  });

  test('a session that ended meanwhile asks to log in again and forgets nobody', async () => {
    refreshing(() => HttpResponse.json(...refusal(401, 'invalid_token')));
    const session = new Session(tabs());
    session.enter(granted('old', { expires_in: 1 }));
    expect(await session.token()).toBeNull();
    expect(session.current()).toEqual({ status: 'expired', user });
  });

  test('a failing service ends no session', async () => {
    refreshing(() => HttpResponse.json(...refusal(503, 'unavailable')));
    const session = new Session(tabs());
    session.enter(granted('old', { expires_in: 1 }));
    await expect(session.token()).rejects.toMatchObject({ status: 503 });
    expect(session.current().status).toBe('member');
  });

  test('another tab’s token is taken over instead of renewing', async () => {
    const calls = refreshing(() => HttpResponse.json(granted('mine')));
    const others = tabs();
    const session = new Session(others);
    session.enter(granted('old', { expires_in: 1 }));
    others.fromAnother({ kind: 'granted', session: granted('theirs') });
    expect(await session.renew('old')).toBe('theirs');
    expect(calls).not.toHaveBeenCalled();
  });

  test('logging out elsewhere logs out here', () => {
    const others = tabs();
    const session = new Session(others);
    session.enter(granted('token'));
    others.fromAnother({ kind: 'ended' });
    expect(session.current()).toEqual({ status: 'anonymous', user: null });
    expect(localStorage.getItem('deep-story.user')).toBeNull();
  });

  test('no token is ever put where it outlives the page', () => {
    new Session(new Tabs()).enter(granted('secret-token'));
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain('secret-token');
  });
});
