import { useState, type MouseEvent, type ReactNode } from 'react';

import { Button } from './Button';
import styles from './sensitive.module.css';
import { useT } from '@/i18n/i18n';
import { showsSensitive } from '@/lib/preferences';

/** A picture its author wants nobody to meet unprepared. */
export function Sensitive({ hidden, children }: { hidden: boolean; children: ReactNode }) {
  const t = useT();
  const [isOpen, setOpen] = useState(showsSensitive);
  if (!hidden || isOpen) return children;
  const open = (event: MouseEvent) => {
    event.preventDefault();
    setOpen(true);
  };
  return (
    <div className={styles.around}>
      <div className={styles.blurred} aria-hidden="true">
        {children}
      </div>
      <div className={styles.over}>
        <p>{t('picture.sensitive')}</p>
        <Button size="small" onClick={open}>
          {t('picture.show')}
        </Button>
      </div>
    </div>
  );
}
