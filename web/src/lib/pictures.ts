import { useQuery, type Query } from '@tanstack/react-query';

import { answer, api } from './api/client';
import type { Picture } from './api/types';

export const pictureKeys = {
  lists: ['pictures', 'list'] as const,
  list: (style: string | null, month: string | null) => ['pictures', 'list', style, month] as const,
  one: (id: string) => ['pictures', 'one', id] as const,
};

const SOON_MILLISECONDS = 1200;
const LATER_MILLISECONDS = 5000;

export function isUnfinished(status: Picture['status'] | undefined): boolean {
  return status === 'waiting' || status === 'queued' || status === 'drawing';
}

export const pictureQuery = (id: string) => ({
  queryKey: pictureKeys.one(id),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    answer(api.GET('/api/v1/pictures/{picture_id}', { params: { path: { picture_id: id } }, signal })),
  refetchInterval: ({ state }: Query<Picture>) => {
    if (!isUnfinished(state.data?.status)) return false;
    return (state.data?.eta_seconds ?? Infinity) < 30 ? SOON_MILLISECONDS : LATER_MILLISECONDS;
  },
});

/** One of one's own pictures, looked at again until it is finished. */
export function usePicture(id: string) {
  return useQuery(pictureQuery(id));
}

export function cancelPicture(id: string): Promise<Picture> {
  return answer(api.POST('/api/v1/pictures/{picture_id}/cancel', { params: { path: { picture_id: id } } }));
}
