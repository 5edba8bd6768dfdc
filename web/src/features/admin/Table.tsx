import type { ReactNode } from 'react';

import styles from './admin.module.css';

/** A table that may be wider than its page: it is scrolled then, with the keyboard too. */
export function Table({ title, children }: { title: string; children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={styles.scroll} role="region" aria-label={title} tabIndex={0}>
      <table className={styles.table}>
        <caption className="unseen">{title}</caption>
        {children}
      </table>
    </div>
  );
}
