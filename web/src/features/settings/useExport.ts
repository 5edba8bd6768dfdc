import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { answer, api } from '@/lib/api/client';
import { isStatus } from '@/lib/api/errors';

const LOOK_MILLISECONDS = 2000;
/** A link fetches the file for an hour. */
const FRESH_MILLISECONDS = 30 * 60_000;

/** Which export was begun, so that it is found again after the page was left. */
export const exportKey = (userId: string) => `deep-story.export.${userId}`;

/** The export that was begun last on this device, until it expires. */
export function useExport(userId: string) {
  const [id, setId] = useState(() => localStorage.getItem(exportKey(userId)) ?? '');
  const begin = useMutation({
    mutationFn: () => answer(api.GET('/api/v1/me/export')),
    onSuccess: (begun) => {
      localStorage.setItem(exportKey(userId), begun.export.id);
      setId(begun.export.id);
    },
  });
  const { data, error } = useQuery({
    queryKey: ['export', id],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/me/export/{export_id}', { params: { path: { export_id: id } }, signal })),
    enabled: id !== '',
    refetchInterval: ({ state }) => {
      if (state.data?.status === 'ready') return FRESH_MILLISECONDS;
      return state.data?.status === 'failed' || state.status === 'error' ? false : LOOK_MILLISECONDS;
    },
  });
  const isUnknown = id !== '' && data === undefined && error === null;
  return {
    made: data,
    begin: () => begin.mutate(),
    isWorking: begin.isPending || isUnknown || data?.status === 'pending',
    // One that expired is as good as none.
    error: begin.error ?? (isStatus(error, 404) ? null : error),
  };
}
