import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, test } from 'vitest';

import { refusal } from './people';
import { server } from './setup';
import SignUp from '@/features/auth/SignUp';
import { startLanguage } from '@/i18n/i18n';
import { reasonOf } from '@/lib/api/reasons';
import { session } from '@/lib/session/session';

const SIGN_UP = 'http://diary.test/api/v1/auth/signup';

beforeEach(async () => {
  session.leave();
  await startLanguage('ko');
});

function show() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <SignUp />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

test('wrong fields say why in the user’s language, and the first gets the focus', async () => {
  const fields = { email: 'must be an e-mail address', password: 'must have at least 10 characters' };
  server.use(http.post(SIGN_UP, () => HttpResponse.json(...refusal(422, 'validation_failed', fields))));
  show();
  await userEvent.type(screen.getByLabelText('이메일'), 'haru');
  await userEvent.click(screen.getByRole('button', { name: '가입하기' }));
  const email = screen.getByLabelText('이메일');
  await waitFor(() => expect(email).toHaveAccessibleDescription('이메일 주소를 적어 주세요.'));
  expect(email).toBeInvalid();
  expect(screen.getByLabelText('비밀번호')).toHaveAccessibleDescription(/10자 이상이어야 해요/);
  await waitFor(() => expect(email).toHaveFocus());
  expect(email).toHaveValue('haru');
});

test('what no field can tell is told above the form, and the same attempt keeps its key', async () => {
  const keys: (string | null)[] = [];
  server.use(
    http.post(SIGN_UP, ({ request }) => {
      keys.push(request.headers.get('idempotency-key'));
      return keys.length === 1 ? HttpResponse.error() : HttpResponse.json(...refusal(409, 'email_taken'));
    }),
  );
  await startLanguage('en');
  show();
  const button = screen.getByRole('button', { name: 'Sign up' });
  await userEvent.click(button);
  expect(await screen.findByText(/The internet is out of reach/)).toBeInTheDocument();
  await userEvent.click(button);
  expect(await screen.findByText('This e-mail address already has an account.')).toBeInTheDocument();
  expect(keys[0]).toBe(keys[1]);
});

test.each([
  ['must have at most 40 characters', 'tooLong'],
  ['must be a day from 1900-01-01 to today', 'day'],
  ['must not be empty', 'empty'],
  ['a reason that nobody has worded yet', 'unclear'],
])('the reason "%s" is worded as %s', (reason, key) => {
  expect(reasonOf(reason).key).toBe(key);
});
