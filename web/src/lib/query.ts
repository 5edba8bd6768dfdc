import { QueryClient, type InfiniteData } from '@tanstack/react-query';

import { ApiError } from './api/errors';
import type { Page } from './api/types';

const TRIES = 2;

/** Addresses of pictures work for half an hour at least; what is shown longer is asked for again. */
const STALE_MILLISECONDS = 30_000;
const KEPT_MILLISECONDS = 20 * 60_000;

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MILLISECONDS,
        gcTime: KEPT_MILLISECONDS,
        retry: (count, error) => count < TRIES && !isDecided(error),
        // Without a network the request says so itself, and the page with it.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Asking again would change nothing. */
function isDecided(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && error.status !== 429;
}

export type Pages<T> = InfiniteData<Page<T>>;

export function itemsOf<T extends { id: string }>(data: Pages<T> | undefined): T[] {
  const seen = new Map<string, T>();
  for (const page of data?.pages ?? []) for (const item of page.items) if (!seen.has(item.id)) seen.set(item.id, item);
  return [...seen.values()];
}

export const paging = {
  initialPageParam: null as string | null,
  getNextPageParam: (page: Page<unknown>) => page.next_cursor,
};
