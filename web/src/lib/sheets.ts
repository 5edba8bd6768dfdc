import { useCallback, useEffect, useEffectEvent } from 'react';

import type { Draft } from './drafts';

/** What another tab kept of a draft; null: it was posted or thrown away there. */
export interface SheetNews {
  changes: Partial<Draft> | null;
}

export const SHEETS = 'deep-story.drafts';

// One for the tab: it does not hear itself, and what is kept as a page is left is still told.
const channel = new BroadcastChannel(SHEETS);

/** Tells other tabs with the same draft what was kept here, and hears what was kept there. */
export function useSheet(key: string, hear: (news: SheetNews) => void): (news: SheetNews) => void {
  const heard = useEffectEvent(hear);
  useEffect(() => {
    const listener = ({ data }: MessageEvent<SheetNews & { key: string }>) => {
      if (data.key === key) heard(data);
    };
    channel.addEventListener('message', listener);
    return () => channel.removeEventListener('message', listener);
  }, [key]);
  return useCallback((news) => channel.postMessage({ key, ...news }), [key]);
}
