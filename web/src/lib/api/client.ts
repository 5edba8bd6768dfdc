import createClient from 'openapi-fetch';

import { errorOf, OfflineError } from './errors';
import type { paths } from './schema';
import { session } from '../session/session';

/** Sends a request with the access token, renewed first where it is about to end. */
export async function authorizedFetch(request: Request): Promise<Response> {
  const token = await session.token();
  // The body can be read once, and a refused request is sent again.
  const again = request.clone();
  const response = await send(withToken(request, token));
  if (token === null || !(await hasEnded(response))) return response;
  const renewed = await session.renew(token);
  return renewed === null ? response : send(withToken(again, renewed));
}

export const api = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: authorizedFetch });

/** Return what the API answered, or throw an ApiError or OfflineError. */
export async function answer<T>(call: Promise<{ data?: T; response: Response; error?: unknown }>): Promise<T> {
  const { data, response, error } = await call;
  if (!response.ok) throw await errorOf(unread(response, error));
  return data as T;
}

/** A key that makes a repeated request the same request. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The session is over: nobody else's doing, or an administrator's, who suspended the account. */
async function hasEnded(response: Response): Promise<boolean> {
  if (response.status !== 403) return response.status === 401;
  return (await errorOf(response.clone())).code === 'account_suspended';
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new OfflineError({ cause });
  }
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}

/** openapi-fetch has read the body of an error already: give it back its reader. */
function unread(response: Response, error: unknown): Response {
  const body = typeof error === 'string' ? error : JSON.stringify(error ?? null);
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}
