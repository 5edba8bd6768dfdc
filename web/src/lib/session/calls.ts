import { answer, api } from '../api/client';
import type { Gender, Language, Session } from '../api/types';
import { session } from './session';

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  birth_date: string;
  gender: Gender;
  language: Language;
  timezone: string;
}

export function logIn(email: string, password: string): Promise<Session> {
  return answer(api.POST('/api/v1/auth/login', { body: { email, password, token_delivery: 'cookie' } }));
}

export function signUp(account: NewAccount, key: string): Promise<Session> {
  const params = { header: { 'Idempotency-Key': key } };
  return answer(api.POST('/api/v1/auth/signup', { params, body: { ...account, token_delivery: 'cookie' } }));
}

/** End the session; on this device also when the service cannot be reached. */
export async function logOut(): Promise<void> {
  await answer(api.POST('/api/v1/auth/logout', { body: {} })).catch(() => undefined);
  session.leave();
}

export async function logOutEverywhere(): Promise<void> {
  await answer(api.POST('/api/v1/auth/logout-all'));
  session.leave();
}
