import type { ReactNode } from 'react';

import styles from './page.module.css';
import { classes } from '@/lib/classes';
import { useTitle } from '@/lib/title';

interface PageProps {
  title: string;
  /** Said in the browser's tab only, where the page shows its own heading. */
  hideTitle?: boolean;
  lead?: ReactNode;
  actions?: ReactNode;
  /** How wide the page grows: a column for reading, or everything for grids. */
  width?: 'narrow' | 'reading' | 'full';
  children: ReactNode;
}

export function Page({ title, hideTitle = false, lead, actions, width = 'full', children }: PageProps) {
  useTitle(title);
  return (
    <div className={classes(styles.page, styles[width])}>
      {!hideTitle && (
        <header className={styles.head}>
          <div>
            <h1 className={styles.title}>{title}</h1>
            {lead && <div className={styles.lead}>{lead}</div>}
          </div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </div>
  );
}
