import { useMutation } from '@tanstack/react-query';

import { idempotencyKey } from './api/client';
import { ApiError } from './api/errors';
import type { Draft } from './drafts';
import type { DraftKeeper } from './useDraft';

export type Body = ReturnType<typeof bodyOf>;

/** Sends an entry, once however often it is tried: the attempt is kept with the draft. */
export function usePosting<T>(keeper: DraftKeeper, call: (body: Body, key: string) => Promise<T>) {
  const send = useMutation({
    mutationFn: async (draft: Draft) => {
      const body = bodyOf(draft);
      const text = JSON.stringify(body);
      const attempt = draft.attempt?.body === text ? draft.attempt : { body: text, key: idempotencyKey() };
      await keeper.keep({ attempt });
      return call(body, attempt.key);
    },
  });
  const fields = send.error instanceof ApiError ? send.error.fields : {};
  return {
    send: send.mutateAsync,
    isPending: send.isPending,
    reason: (name: string) => fields[name] ?? Object.entries(fields).find(([field]) => field.startsWith(`${name}.`))?.[1],
    error: Object.keys(fields).length === 0 ? send.error : null,
  };
}

function bodyOf(draft: Draft) {
  return {
    title: draft.title.trim(),
    text: draft.text.trim(),
    diary_date: draft.diaryDate,
    weather: draft.weather,
    mood: draft.mood,
    tags: draft.tags,
    visibility: draft.visibility,
    sensitive: draft.sensitive,
    picture_id: draft.pictureId,
  };
}
