import type { Location } from 'react-router';

/** Where to log in, and where to go on afterwards. */
export function loginPath(location: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  const here = `${location.pathname}${location.search}${location.hash}`;
  return here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`;
}

/** Return where a `next` leads; anything that isn't a path of ours leads home. */
export function nextPath(search: URLSearchParams): string {
  const next = search.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export const paths = {
  post: (id: string) => `/posts/${id}`,
  editPost: (id: string) => `/posts/${id}/edit`,
  author: (id: string) => `/users/${id}`,
  tag: (tag: string) => `/tags/${encodeURIComponent(tag)}`,
  search: (words: string) => `/search?q=${encodeURIComponent(words)}`,
  picture: (id: string) => `/gallery?picture=${id}`,
  draw: (id: string) => `/write?picture=${id}`,
  diary: (id: string) => `/diaries/${id}`,
};
