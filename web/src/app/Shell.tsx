import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';

import { BottomBar } from './BottomBar';
import { SideBar } from './SideBar';
import styles from './shell.module.css';
import { TopBar } from './TopBar';
import { useT } from '@/i18n/i18n';
import { useOnline } from '@/lib/online';

/** The desk around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useT();
  const isOnline = useOnline();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  // Who hears the page rather than sees it begins at its content, as a new page would.
  useEffect(() => {
    if (before.current !== pathname) main.current?.focus({ preventScroll: true });
    before.current = pathname;
  }, [pathname]);
  return (
    <div className={styles.desk}>
      <a className={styles.skip} href="#content">
        {t('nav.skip')}
      </a>
      <SideBar />
      <TopBar />
      <main id="content" ref={main} tabIndex={-1} className={styles.main}>
        {!isOnline && (
          <p className={styles.offline} role="status">
            {t('states.offline.bar')}
          </p>
        )}
        {children}
      </main>
      <BottomBar />
    </div>
  );
}
