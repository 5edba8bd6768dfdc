import type { ModelSchedule, Post, Session, User } from '@/lib/api/types';

export const user: User = {
  id: 'user-1',
  email: 'haru@example.com',
  name: '하루',
  birth_date: '1995-05-05',
  gender: 'undisclosed',
  language: 'ko',
  timezone: 'Asia/Seoul',
  role: 'user',
  created_at: '2026-01-01T00:00:00.000Z',
};

export function granted(token: string, changes: Partial<Session> = {}): Session {
  return { user, access_token: token, expires_in: 900, ...changes };
}

export const post: Post = {
  id: 'post-1',
  author: { id: 'user-2', name: '민지' },
  title: '바다',
  text: '바다에 갔다.',
  picture: null,
  diary_date: '2026-11-25',
  weather: 'sunny',
  mood: null,
  tags: [],
  visibility: 'public',
  sensitive: false,
  hidden: false,
  like_count: 3,
  liked: false,
  comment_count: 0,
  created_at: '2026-11-25T00:00:00.000Z',
  updated_at: '2026-11-25T00:00:00.000Z',
};

export const schedule: ModelSchedule = {
  zone: 'Asia/Seoul',
  enabled: false,
  idle_minutes: 10,
  windows: [],
  open_window: null,
  next_window: null,
  changed_by: null,
  changed_at: null,
};

export function refusal(status: number, code: string, fields?: Record<string, string>) {
  return [{ error: { code, message: 'no', request_id: 'request-1', ...(fields ? { fields } : {}) } }, { status }] as const;
}
