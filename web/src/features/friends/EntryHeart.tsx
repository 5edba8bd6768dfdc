import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';

import { Heart } from '@/components/LikeButton';
import { errorWords } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { friendKeys } from '@/lib/friends';
import type { Pages } from '@/lib/query';
import type { SecretEntry } from '@/lib/api/types';

/** Likes an entry of a secret diary: shown at once, and taken back when it was refused. */
export function EntryHeart({ diaryId, entry }: { diaryId: string; entry: SecretEntry }) {
  const t = useT();
  const client = useQueryClient();
  const params = { params: { path: { diary_id: diaryId, entry_id: entry.id } } };
  const url = '/api/v1/diaries/{diary_id}/entries/{entry_id}/like';
  const like = useMutation({
    scope: { id: `like-${entry.id}` },
    mutationFn: (liked: boolean) => answer(liked ? api.PUT(url, params) : api.DELETE(url, params)),
    onMutate: (liked) => {
      const count = Math.max(0, entry.like_count + Number(liked) - Number(entry.liked));
      changeEntry(client, entry, (old) => ({ ...old, liked, like_count: count }));
      return { liked: entry.liked, like_count: entry.like_count };
    },
    onError: (error, _liked, before) => {
      if (before) changeEntry(client, entry, (old) => ({ ...old, ...before }));
      toast(errorWords(error, t));
    },
    onSuccess: (state) => changeEntry(client, entry, (old) => ({ ...old, ...state })),
  });
  return <Heart {...entry} press={() => like.mutate(!entry.liked)} />;
}

/** Change an entry wherever it is kept. */
export function changeEntry(client: QueryClient, { id, diary_id }: SecretEntry, change: (entry: SecretEntry) => SecretEntry): void {
  client.setQueryData<SecretEntry>(friendKeys.entry(id), (old) => old && change(old));
  client.setQueryData<Pages<SecretEntry>>(friendKeys.entries(diary_id), (old) => {
    if (!old) return old;
    const pages = old.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === id ? change(item) : item)) }));
    return { ...old, pages };
  });
}
