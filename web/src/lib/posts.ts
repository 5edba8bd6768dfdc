import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';

import { answer, api } from './api/client';
import type { Page, Post } from './api/types';
import { paging, type Pages } from './query';

export type Feed =
  | { of: 'public'; sort: 'latest' | 'top'; period: 'day' | 'week' | 'month' | 'all'; tag?: string; q?: string }
  | { of: 'author'; userId: string }
  | { of: 'mine'; q?: string }
  | { of: 'liked' }
  | { of: 'thisDay' };

const PAGE = 12;

export const postKeys = {
  all: ['posts'] as const,
  feeds: ['posts', 'feed'] as const,
  feed: (feed: Feed) => ['posts', 'feed', feed] as const,
  one: (id: string) => ['posts', 'one', id] as const,
};

export function usePosts(feed: Feed) {
  return useInfiniteQuery({
    queryKey: postKeys.feed(feed),
    queryFn: ({ pageParam, signal }) => page(feed, pageParam, signal),
    ...paging,
  });
}

export function usePost(id: string) {
  const client = useQueryClient();
  return useQuery<Post>({
    queryKey: postKeys.one(id),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/posts/{post_id}', { params: { path: { post_id: id } }, signal })),
    // Opened from a list, the entry is there at once.
    placeholderData: () => known(client, id),
    refetchInterval: ({ state }) => (isDeveloping(state.data) ? 4000 : false),
  });
}

export function isDeveloping(post: Post | undefined): boolean {
  return post?.picture?.status === 'waiting' || post?.picture?.status === 'queued';
}

/** Like or take it back: shown at once, and taken back again when the service refuses. */
export function useLike(post: Pick<Post, 'id'>) {
  const client = useQueryClient();
  const path = { params: { path: { post_id: post.id } } };
  return useMutation({
    // Clicks on one post are sent one after the other: the last one counts.
    scope: { id: `like-${post.id}` },
    mutationFn: (liked: boolean) =>
      answer(liked ? api.PUT('/api/v1/posts/{post_id}/like', path) : api.DELETE('/api/v1/posts/{post_id}/like', path)),
    onMutate: async (liked) => {
      await client.cancelQueries({ queryKey: postKeys.all });
      const before = known(client, post.id);
      changePost(client, post.id, (old) => ({
        ...old,
        liked,
        like_count: Math.max(0, old.like_count + Number(liked) - Number(old.liked)),
      }));
      return before;
    },
    onError: (_error, _liked, before) => {
      if (before) changePost(client, post.id, (old) => ({ ...old, liked: before.liked, like_count: before.like_count }));
    },
    onSuccess: (state) => changePost(client, post.id, (old) => ({ ...old, ...state })),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.feed({ of: 'liked' }), refetchType: 'none' }),
  });
}

/** Change a post wherever it is kept. */
export function changePost(client: QueryClient, id: string, change: (post: Post) => Post): void {
  client.setQueryData<Post>(postKeys.one(id), (old) => old && change(old));
  client.setQueriesData<Pages<Post>>({ queryKey: postKeys.feeds }, (old) => {
    if (!old?.pages.some((page) => page.items.some((item) => item.id === id))) return old;
    const pages = old.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => (item.id === id ? change(item) : item)),
    }));
    return { ...old, pages };
  });
}

function known(client: QueryClient, id: string): Post | undefined {
  const one = client.getQueryData<Post>(postKeys.one(id));
  if (one) return one;
  for (const [, feed] of client.getQueriesData<Pages<Post>>({ queryKey: postKeys.feeds })) {
    const found = feed?.pages.flatMap((page) => page.items).find((post) => post.id === id);
    if (found) return found;
  }
  return undefined;
}

function page(feed: Feed, cursor: string | null, signal: AbortSignal): Promise<Page<Post>> {
  const more = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  switch (feed.of) {
    case 'public': {
      const { sort, period, tag, q } = feed;
      const query = { ...more, sort, period, ...(tag ? { tag } : {}), ...(q ? { q } : {}) };
      return answer(api.GET('/api/v1/posts', { params: { query }, signal }));
    }
    case 'author': {
      const params = { path: { user_id: feed.userId }, query: more };
      return answer(api.GET('/api/v1/users/{user_id}/posts', { params, signal }));
    }
    case 'mine': {
      const query = { ...more, ...(feed.q ? { q: feed.q } : {}) };
      return answer(api.GET('/api/v1/me/posts', { params: { query }, signal }));
    }
    case 'liked':
      return answer(api.GET('/api/v1/me/likes', { params: { query: more }, signal }));
    case 'thisDay':
      return answer(api.GET('/api/v1/me/on-this-day', { params: { query: more }, signal }));
  }
}
