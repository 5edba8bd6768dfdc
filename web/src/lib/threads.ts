import { answer, api } from './api/client';
import type { Comment, Page } from './api/types';

/** The comments under one thing. */
export interface Thread {
  key: readonly string[];
  list: (cursor: string | null, signal: AbortSignal) => Promise<Page<Comment>>;
  write: (text: string, key: string) => Promise<Comment>;
  remove: (commentId: string) => Promise<unknown>;
}

const PAGE = 30;

export function postThread(postId: string): Thread {
  const path = { post_id: postId };
  return {
    key: ['comments', 'post', postId],
    list: (cursor, signal) =>
      answer(api.GET('/api/v1/posts/{post_id}/comments', { params: { path, query: pageOf(cursor) }, signal })),
    write: (text, key) =>
      answer(api.POST('/api/v1/posts/{post_id}/comments', { params: { path, header: { 'Idempotency-Key': key } }, body: { text } })),
    remove: (id) =>
      answer(api.DELETE('/api/v1/posts/{post_id}/comments/{comment_id}', { params: { path: { ...path, comment_id: id } } })),
  };
}

export function entryThread(diaryId: string, entryId: string): Thread {
  const path = { diary_id: diaryId, entry_id: entryId };
  const url = '/api/v1/diaries/{diary_id}/entries/{entry_id}/comments';
  return {
    key: ['comments', 'entry', entryId],
    list: (cursor, signal) => answer(api.GET(url, { params: { path, query: pageOf(cursor) }, signal })),
    write: (text, key) => answer(api.POST(url, { params: { path, header: { 'Idempotency-Key': key } }, body: { text } })),
    remove: (id) => answer(api.DELETE(`${url}/{comment_id}`, { params: { path: { ...path, comment_id: id } } })),
  };
}

function pageOf(cursor: string | null) {
  return { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
}
