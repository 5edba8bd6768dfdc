import { http, HttpResponse } from 'msw';
import { describe, expect, test, vi } from 'vitest';

import { granted, post, refusal, user } from './people';
import { server } from './setup';
import { answer, api } from '@/lib/api/client';
import { ApiError, OfflineError } from '@/lib/api/errors';
import { session } from '@/lib/session/session';

const POSTS = 'http://diary.test/api/v1/posts';

describe('client', () => {
  test('a token that ended is renewed once for all, and what was refused is sent again', async () => {
    const renewed = vi.fn();
    const bodies: unknown[] = [];
    server.use(
      http.post('http://diary.test/api/v1/auth/refresh', () => {
        renewed();
        return HttpResponse.json(granted('new'));
      }),
      http.post(POSTS, async ({ request }) => {
        if (request.headers.get('authorization') !== 'Bearer new') return HttpResponse.json(...refusal(401, 'unauthorized'));
        bodies.push(await request.json());
        return HttpResponse.json(post, { status: 201 });
      }),
    );
    session.enter(granted('old'));
    const write = (title: string) => answer(api.POST('/api/v1/posts', { body: { title, text: '글' } }));
    await Promise.all([write('하나'), write('둘'), write('셋')]);
    expect(renewed).toHaveBeenCalledTimes(1);
    expect(bodies).toHaveLength(3);
    expect(bodies).toContainEqual({ title: '둘', text: '글' });
  });

  test('who is suspended is asked to log in again, and not left on a page that refuses everything', async () => {
    server.use(
      http.post('http://diary.test/api/v1/auth/refresh', () => HttpResponse.json(...refusal(403, 'account_suspended'))),
      http.get(POSTS, () => HttpResponse.json(...refusal(403, 'account_suspended'))),
    );
    session.enter(granted('old'));
    await expect(answer(api.GET('/api/v1/posts'))).rejects.toMatchObject({ status: 403, code: 'account_suspended' });
    expect(session.current()).toMatchObject({ status: 'expired', user });
  });

  test('what is for administrators only ends nobody’s session', async () => {
    server.use(http.get(POSTS, () => HttpResponse.json(...refusal(403, 'forbidden'))));
    session.enter(granted('old'));
    await expect(answer(api.GET('/api/v1/posts'))).rejects.toMatchObject({ status: 403 });
    expect(session.current().status).toBe('member');
  });

  test('a refusal tells its code, fields and request', async () => {
    server.use(http.post(POSTS, () => HttpResponse.json(...refusal(422, 'validation_failed', { title: 'must not be empty' }))));
    session.enter(granted('token', { user }));
    const failure = await answer(api.POST('/api/v1/posts', { body: { title: '', text: '글' } })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 422, code: 'validation_failed', fields: { title: 'must not be empty' }, requestId: 'request-1' });
  });

  test('no answer at all is being offline, and not a refusal', async () => {
    server.use(http.get(POSTS, () => HttpResponse.error()));
    session.enter(granted('token'));
    await expect(answer(api.GET('/api/v1/posts'))).rejects.toBeInstanceOf(OfflineError);
  });
});
