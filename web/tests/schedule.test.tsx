import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test } from 'vitest';

import { granted, schedule } from './people';
import { server } from './setup';
import { Toasts } from '@/components/Toasts';
import { scheduleKey } from '@/features/admin/keys';
import { Schedule } from '@/features/admin/Schedule';
import type { ModelSchedule } from '@/lib/api/types';
import { session } from '@/lib/session/session';

const ADDRESS = 'http://diary.test/api/v1/admin/model/schedule';
const CHANGED = /다른 관리자가 시간표를 바꿨어요/;
const theirs: ModelSchedule = { ...schedule, idle_minutes: 45, changed_at: '2026-11-25T09:00:00.000Z' };

let client: QueryClient;
let stored: ModelSchedule;

beforeEach(() => {
  stored = schedule;
  server.use(
    http.get(ADDRESS, () => HttpResponse.json(stored)),
    http.put(ADDRESS, async ({ request }) => {
      const sent = (await request.json()) as Partial<ModelSchedule>;
      stored = { ...stored, ...sent, changed_at: '2026-11-25T10:00:00.000Z' };
      return HttpResponse.json(stored);
    }),
  );
});

async function show() {
  session.enter(granted('token'));
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  render(
    <QueryClientProvider client={client}>
      <Schedule />
      <Toasts />
    </QueryClientProvider>,
  );
  return screen.findByRole('spinbutton');
}

async function anotherChangesIt() {
  stored = theirs;
  await client.refetchQueries({ queryKey: scheduleKey });
}

test('what another administrator changed shows at once where nothing was edited', async () => {
  const minutes = await show();
  await anotherChangesIt();
  await waitFor(() => expect(minutes).toHaveValue(45));
  expect(screen.queryByText(CHANGED)).toBeNull();
});

test('hours being edited stay when another administrator changes them', async () => {
  const minutes = await show();
  await userEvent.clear(minutes);
  await userEvent.type(minutes, '20');
  await anotherChangesIt();
  expect(await screen.findByText(CHANGED)).toBeInTheDocument();
  expect(minutes).toHaveValue(20);

  await userEvent.click(screen.getByRole('button', { name: '저장' }));
  await waitFor(() => expect(stored.idle_minutes).toBe(20));
  await waitFor(() => expect(screen.queryByText(CHANGED)).toBeNull());
  expect(minutes).toHaveValue(20);
});

test('edits can be given up for what another administrator saved', async () => {
  const minutes = await show();
  await userEvent.click(screen.getByRole('button', { name: '시간 더하기' }));
  await anotherChangesIt();
  await userEvent.click(await screen.findByRole('button', { name: '바뀐 시간표 보기' }));
  expect(minutes).toHaveValue(45);
  expect(screen.queryByText(CHANGED)).toBeNull();
  expect(screen.queryByRole('button', { name: '이 시간 빼기' })).toBeNull();
});
