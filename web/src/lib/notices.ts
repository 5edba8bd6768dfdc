import { useQuery } from '@tanstack/react-query';

import { answer, api } from './api/client';
import { useSession } from './session/useSession';

const LOOK_MILLISECONDS = 60_000;

export const noticeKeys = { all: ['notices'] as const, unread: ['notices', 'unread'] as const };

/** How many notices nobody has looked at; looked up now and then while the page is seen. */
export function useUnread(): number {
  const { user } = useSession();
  const { data } = useQuery({
    queryKey: noticeKeys.unread,
    queryFn: async ({ signal }) => {
      const page = await answer(api.GET('/api/v1/notifications', { params: { query: { limit: 1 } }, signal }));
      return page.unread;
    },
    enabled: user !== null,
    refetchInterval: LOOK_MILLISECONDS,
    refetchOnWindowFocus: true,
  });
  return data ?? 0;
}
