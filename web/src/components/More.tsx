import { useEffect, useRef } from 'react';

import { Button } from './Button';
import { ErrorNotice } from './States';
import styles from './more.module.css';
import { useT } from '@/i18n/i18n';

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: Error | null;
  fetchNextPage: () => unknown;
}

/** Fetches the next page as its end comes near; the button is for keyboards and after failures. */
export function More({ list }: { list: Paged }) {
  const t = useT();
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const isWanted = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (!isWanted || !end.current) return undefined;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), { rootMargin: '600px' });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [isWanted, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={end} className={styles.more}>
      {isFetchNextPageError && <ErrorNotice error={list.error} />}
      <Button busy={isFetchingNextPage && t('states.loading')} onClick={() => void fetchNextPage()}>
        {t('actions.more')}
      </Button>
    </div>
  );
}
