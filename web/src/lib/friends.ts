import { useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { answer, api } from './api/client';
import { paging } from './query';

export const friendKeys = {
  all: ['friends'] as const,
  requests: (box: 'incoming' | 'outgoing') => ['friends', 'requests', box] as const,
  diaries: ['friends', 'diaries'] as const,
  diary: (id: string) => ['friends', 'diaries', id] as const,
  entries: (diaryId: string) => ['friends', 'entries', diaryId] as const,
  entry: (entryId: string) => ['friends', 'entry', entryId] as const,
};

export interface Asking {
  diary_name: string;
  email?: string;
  user_id?: string;
}

export function askFriend(body: Asking, key: string) {
  return answer(api.POST('/api/v1/friend-requests', { params: { header: { 'Idempotency-Key': key } }, body }));
}

export function useRequests(box: 'incoming' | 'outgoing') {
  return useInfiniteQuery({
    queryKey: friendKeys.requests(box),
    queryFn: ({ pageParam, signal }) => {
      const query = { box, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/friend-requests', { params: { query }, signal }));
    },
    ...paging,
  });
}

export function useDiary(id: string) {
  return useQuery({
    queryKey: friendKeys.diary(id),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/diaries/{diary_id}', { params: { path: { diary_id: id } }, signal })),
  });
}

export function useEntry(diaryId: string, entryId: string) {
  return useQuery({
    queryKey: friendKeys.entry(entryId),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/diaries/{diary_id}/entries/{entry_id}', { params: { path: { diary_id: diaryId, entry_id: entryId } }, signal })),
    enabled: entryId !== '',
    refetchInterval: ({ state }) => (['waiting', 'queued'].includes(state.data?.picture?.status ?? '') ? 4000 : false),
  });
}
