import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { delay, http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { expect, test } from 'vitest';

import { granted, post, refusal } from './people';
import { server } from './setup';
import { LikeButton } from '@/components/LikeButton';
import { Toasts } from '@/components/Toasts';
import { usePost } from '@/lib/posts';
import { session } from '@/lib/session/session';

const LIKE = 'http://diary.test/api/v1/posts/post-1/like';

function Shown() {
  const { data } = usePost('post-1');
  return data ? <LikeButton post={data} /> : null;
}

async function show() {
  server.use(http.get('http://diary.test/api/v1/posts/post-1', () => HttpResponse.json(post)));
  session.enter(granted('token'));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Shown />
        <Toasts />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return screen.findByRole('button', { name: /바다.*3/ });
}

test('a like shows at once and becomes what the service says', async () => {
  server.use(
    http.put(LIKE, async () => {
      await delay(30);
      return HttpResponse.json({ liked: true, like_count: 9 });
    }),
  );
  const heart = await show();
  await userEvent.click(heart);
  expect(heart).toHaveAttribute('aria-pressed', 'true');
  expect(heart).toHaveTextContent('4');
  await waitFor(() => expect(heart).toHaveTextContent('9'));
});

test('a like that is refused is taken back and told', async () => {
  server.use(http.put(LIKE, () => HttpResponse.json(...refusal(404, 'not_found'))));
  const heart = await show();
  await userEvent.click(heart);
  expect(await screen.findByText('없거나 볼 수 없는 것이에요.')).toBeInTheDocument();
  expect(heart).toHaveAttribute('aria-pressed', 'false');
  expect(heart).toHaveTextContent('3');
});
