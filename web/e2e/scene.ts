import createClient from 'openapi-fetch';

import { BASE, PASSWORD } from './support';
import type { components, paths } from '@/lib/api/schema';

type Language = 'ko' | 'en';
type WritePost = components['schemas']['WritePost'];
type Told = Pick<WritePost, 'title' | 'text' | 'weather' | 'mood' | 'tags'> & { prompt: string; style: components['schemas']['PictureView']['style'] };

/** Somebody who calls the API as a mobile app does. */
export class Caller {
  private constructor(
    readonly id: string,
    readonly email: string,
    private readonly token: string,
  ) {}

  static async signUp(language: Language, name: string): Promise<Caller> {
    const email = `scene.${language}.${crypto.randomUUID()}@example.com`;
    const body = { email, password: PASSWORD, name, birth_date: '1995-05-05', gender: 'undisclosed', language, timezone: 'Asia/Seoul', token_delivery: 'body' } as const;
    const { user, access_token } = await answer(api().POST('/api/v1/auth/signup', { body, ...creating() }));
    return new Caller(user.id, email, access_token);
  }

  static async logIn(email: string): Promise<Caller> {
    const { user, access_token } = await answer(api().POST('/api/v1/auth/login', { body: { email, password: PASSWORD, token_delivery: 'body' } }));
    return new Caller(user.id, email, access_token);
  }

  get api() {
    return api(this.token);
  }

  async speak(language: Language): Promise<void> {
    await answer(this.api.PATCH('/api/v1/me', { body: { language } }));
  }

  async draw(told: Told): Promise<string> {
    const body = { prompt: told.prompt, style: told.style } as const;
    const { items } = await answer(this.api.POST('/api/v1/pictures', { body, ...creating() }));
    const [picture] = items;
    if (!picture) throw new Error('nothing is drawn');
    for (;;) {
      const now = await answer(this.api.GET('/api/v1/pictures/{picture_id}', { params: { path: { picture_id: picture.id } } }));
      if (now.status === 'ready') return picture.id;
      if (now.status === 'failed') throw new Error('the picture failed');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async post(told: Told, more: Pick<WritePost, 'diary_date' | 'visibility'> = {}): Promise<string> {
    const body = { ...entryOf(told), visibility: 'public', picture_id: await this.draw(told), ...more } as const;
    return (await answer(this.api.POST('/api/v1/posts', { body, ...creating() }))).id;
  }

  async enter(diary: string, told: Told, more: Pick<WritePost, 'diary_date'> = {}): Promise<string> {
    const body = { ...entryOf(told), picture_id: await this.draw(told), ...more };
    return (await answer(this.api.POST('/api/v1/diaries/{diary_id}/entries', { params: { path: { diary_id: diary }, ...creating().params }, body }))).id;
  }

  async ask(friend: Caller, diaryName: string): Promise<string> {
    const body = { user_id: friend.id, diary_name: diaryName };
    return (await answer(this.api.POST('/api/v1/friend-requests', { body, ...creating() }))).id;
  }

  /** Returns the diary of the two. */
  async accept(request: string): Promise<string> {
    const { diary } = await answer(this.api.POST('/api/v1/friend-requests/{request_id}/accept', { params: { path: { request_id: request } } }));
    return diary.id;
  }

  async likeAndComment(post: string, text: string): Promise<void> {
    const path = { post_id: post };
    await answer(this.api.PUT('/api/v1/posts/{post_id}/like', { params: { path } }));
    await answer(this.api.POST('/api/v1/posts/{post_id}/comments', { params: { path, ...creating().params }, body: { text } }));
  }
}

export interface Scene {
  owner: Caller;
  post: string;
  diary: string;
  entry: string;
  tag: string;
}

interface Script {
  names: [string, string, string];
  diary: string;
  other: string;
  comment: string;
  secret: string;
  reason: string;
  told: [Told, Told, Told];
}

/** A person with posts, a friend, a secret diary, and a request that waits. */
export async function play(language: Language): Promise<Scene> {
  const script = SCRIPTS[language];
  const [first, second, third] = script.told;
  const [owner, friend, stranger] = await Promise.all(script.names.map((name) => Caller.signUp(language, name)));
  if (!owner || !friend || !stranger) throw new Error('nobody came');
  const post = await owner.post(first);
  await owner.post(second, { diary_date: daysAgo(3) });
  await owner.post(third, { diary_date: daysAgo(8), visibility: 'private' });
  const strange = await stranger.post(second);
  await owner.likeAndComment(strange, script.comment);
  await friend.likeAndComment(post, script.comment);
  await answer(friend.api.POST('/api/v1/reports', { body: { target_type: 'post', target_id: strange, reason: script.reason } }));
  const diary = await owner.accept(await friend.ask(owner, script.diary));
  const entry = await friend.enter(diary, third);
  await owner.enter(diary, second, { diary_date: daysAgo(1) });
  const comments = '/api/v1/diaries/{diary_id}/entries/{entry_id}/comments';
  await answer(owner.api.POST(comments, { params: { path: { diary_id: diary, entry_id: entry }, ...creating().params }, body: { text: script.secret } }));
  await stranger.ask(owner, script.other);
  return { owner, post, diary, entry, tag: first.tags?.[0] ?? '' };
}

function api(token?: string) {
  return createClient<paths>({ baseUrl: BASE, ...(token ? { headers: { Authorization: `Bearer ${token}` } } : {}) });
}

/** The data of an answer, or an error that says what the API refused. */
async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(error)}`);
  return data as T;
}

function creating() {
  return { params: { header: { 'Idempotency-Key': crypto.randomUUID() } } };
}

function entryOf({ title, text, weather, mood, tags }: Told) {
  return { title, text, weather, mood, tags };
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Seoul' });
}

const SCRIPTS: Record<Language, Script> = {
  ko: {
    names: ['하늘', '준', '소라'],
    diary: '우리 둘의 일기',
    other: '여행 일기',
    comment: '고래라니, 나도 보고 싶다!',
    secret: '우리만 아는 이야기네.',
    reason: '다른 사람의 글을 그대로 옮겼어요.',
    told: [
      { title: '바다에 간 날', text: '오늘은 가족과 바다에 갔다. 물이 아주 차가웠지만, 고래를 본 것 같아서 신났다! 동생이 “진짜 고래야?” 하고 물었다.', prompt: '바다의 고래', style: 'crayon', weather: 'sunny', mood: 'excited', tags: ['바다', '가족'] },
      { title: '첫눈', text: '아침에 일어나니 눈이 와 있었다. 눈사람을 만들고 코코아를 마셨다.', prompt: '눈 오는 밤의 집', style: 'watercolor', weather: 'snowy', mood: 'happy', tags: ['겨울'] },
      { title: '할머니 댁 고양이', text: '할머니 댁 마당에 고양이가 새로 왔다. 이름은 아직 없다. 내가 부르면 귀만 움직인다.', prompt: '풀밭의 고양이', style: 'flat', weather: 'cloudy', mood: 'calm', tags: ['고양이'] },
    ],
  },
  en: {
    names: ['Robin', 'June', 'Sol'],
    diary: 'Just the two of us',
    other: 'On the road',
    comment: 'A red balloon over the boats, I wish I had seen it.',
    secret: 'Nobody but us will ever know.',
    reason: 'This was copied from somebody else.',
    told: [
      { title: 'The red balloon', text: 'We walked along the sea and a red balloon flew over the boats. Nobody knew whose it was.', prompt: 'a red balloon over the sea', style: 'crayon', weather: 'windy', mood: 'happy', tags: ['sea', 'walk'] },
      { title: 'A cat in the garden', text: 'A cat came into the garden this morning and stayed until the rain began. I gave it some milk, and it looked at me as if I had been late.\nIn the evening it was gone.', prompt: 'a cat in a meadow', style: 'flat', weather: 'rainy', mood: 'calm', tags: ['cat'] },
      { title: 'First snow', text: 'It had snowed when I woke up. We built a snowman and drank cocoa.', prompt: 'a house in the snow at night', style: 'watercolor', weather: 'snowy', mood: 'grateful', tags: ['winter'] },
    ],
  },
};
