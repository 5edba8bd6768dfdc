import { createStore, del, get, keys, update } from 'idb-keyval';

import type { Aspect, Mood, Post, Style, Weather } from './api/types';

/** What is being written, as it is kept on this device until it has been posted. */
export interface Draft {
  title: string;
  text: string;
  diaryDate: string;
  weather: Weather | null;
  mood: Mood | null;
  tags: string[];
  visibility: 'private' | 'public';
  sensitive: boolean;
  pictureId: string | null;
  /** Pictures that were asked for here, the chosen one and the others. */
  pictureIds: string[];
  order: PictureOrder;
  /** What was last tried to be posted, and under which key: the same is posted once. */
  attempt: { body: string; key: string } | null;
  savedAt: number | null;
}

type Written = Pick<Post, 'title' | 'text' | 'diary_date' | 'weather' | 'mood' | 'tags' | 'sensitive' | 'picture'>;

export interface PictureOrder {
  /** Null: drawn from the entry itself. */
  prompt: string | null;
  /** Null: as the service words it. */
  modelPrompt: string | null;
  style: Style;
  aspect: Aspect;
  count: number;
  seed: number | null;
  negativePrompt: string;
}

export function emptyDraft(diaryDate: string): Draft {
  return {
    title: '',
    text: '',
    diaryDate,
    weather: null,
    mood: null,
    tags: [],
    visibility: 'private',
    sensitive: false,
    pictureId: null,
    pictureIds: [],
    order: emptyOrder(),
    attempt: null,
    savedAt: null,
  };
}

export function emptyOrder(): PictureOrder {
  return { prompt: null, modelPrompt: null, style: 'crayon', aspect: '1:1', count: 1, seed: null, negativePrompt: '' };
}

/** An entry as a draft, to be edited. */
export function draftOfEntry(entry: Written): Draft {
  return {
    ...emptyDraft(entry.diary_date),
    title: entry.title,
    text: entry.text,
    weather: entry.weather,
    mood: entry.mood,
    tags: [...entry.tags],
    sensitive: entry.sensitive,
    pictureId: entry.picture?.id ?? null,
    pictureIds: entry.picture ? [entry.picture.id] : [],
  };
}

export function draftOfPost(post: Written & Pick<Post, 'visibility'>): Draft {
  return { ...draftOfEntry(post), visibility: post.visibility };
}

/** What is drawn unless somebody says otherwise: the entry's title and its beginning. */
export function promptOf(draft: Pick<Draft, 'title' | 'text'>): string {
  const text = draft.text.replace(/\s+/g, ' ').trim();
  const beginning = text.length <= PROMPT_CHARACTERS ? text : text.slice(0, PROMPT_CHARACTERS).replace(/\S*$/, '').trim();
  return [draft.title.trim(), beginning].filter((part) => part !== '').join('. ');
}

const PROMPT_CHARACTERS = 240;
const store = createStore('deep-story', 'drafts');

/** Drafts belong to whoever wrote them: another person on this device doesn't see them. */
export function draftKey(ownerId: string, place: string): string {
  return `${ownerId}/${place}`;
}

export function loadDraft(key: string): Promise<Draft | undefined> {
  return get<Draft>(key, store);
}

/** Keep what was changed of a draft; what another tab changed meanwhile stays. */
export function saveDraft(key: string, draft: Draft, changes: Partial<Draft> = draft): Promise<void> {
  return update<Draft>(key, (kept) => ({ ...(kept ?? draft), ...changes, savedAt: Date.now() }), store);
}

export function dropDraft(key: string): Promise<void> {
  return del(key, store);
}

export async function dropDraftsOf(ownerId: string): Promise<void> {
  const all = await keys<string>(store);
  await Promise.all(all.filter((key) => key.startsWith(`${ownerId}/`)).map((key) => del(key, store)));
}
