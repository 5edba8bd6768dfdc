import { useEffect } from 'react';

/** Name the page in the browser's tab and history. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = title === '' ? 'Deep-Story' : `${title} · Deep-Story`;
  }, [title]);
}
