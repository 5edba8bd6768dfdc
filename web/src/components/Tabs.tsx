import { Link, NavLink } from 'react-router';

import styles from './tabs.module.css';

export interface Tab {
  to: string;
  text: string;
  /** Tabs that differ by the query only say themselves whether they are open. */
  isOpen?: boolean;
}

/** Tabs that are pages: each has its address, and the back button goes back. */
export function Tabs({ label, tabs, small = false }: { label: string; tabs: Tab[]; small?: boolean }) {
  return (
    <nav aria-label={label} className={styles.tabs} data-small={small}>
      {tabs.map(({ to, text, isOpen }) =>
        isOpen === undefined ? (
          <NavLink key={to} to={to} end className={styles.tab}>
            {text}
          </NavLink>
        ) : (
          <Link key={to} to={to} replace className={styles.tab} aria-current={isOpen ? 'page' : undefined}>
            {text}
          </Link>
        ),
      )}
    </nav>
  );
}
