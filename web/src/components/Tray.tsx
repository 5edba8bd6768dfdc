import type { ReactNode } from 'react';

import styles from './tray.module.css';
import { useT } from '@/i18n/i18n';
import { classes } from '@/lib/classes';
import { useWait } from '@/lib/waits';
import type { Picture } from '@/lib/api/types';

interface TrayProps {
  status: Picture['status'];
  position?: number | null | undefined;
  /** Null: nobody knows when, because the model server is off or has failed; left out: not told here. */
  eta?: number | null | undefined;
  /** Why it could not be drawn. */
  reason?: string | undefined;
  shape?: Picture['aspect'];
  children?: ReactNode;
}

/** The darkroom tray in which a picture develops, with its state in words. */
export function Tray({ status, position, eta, reason, shape = '1:1', children }: TrayProps) {
  const t = useT();
  const wait = useWait(eta);
  const isAlive = status === 'queued' || status === 'drawing';
  const needsModel = status === 'waiting' || status === 'queued';
  return (
    <div className={classes(styles.tray, isAlive && styles.alive)} style={{ aspectRatio: shape.replace(':', ' / ') }} data-status={status}>
      <div className={styles.bath} aria-hidden="true">
        <div className={styles.sheet} />
      </div>
      <div className={styles.words} role="status">
        <p className={styles.state}>{t(`tray.${status}`)}</p>
        {needsModel && eta === null && <p>{t('tray.modelAbsent')}</p>}
        {(wait || (position ?? 0) > 1) && (
          <p>{[wait, (position ?? 0) > 1 ? t('tray.position', { count: position ?? 0 }) : ''].filter(Boolean).join(' · ')}</p>
        )}
        {reason && <p>{reason}</p>}
      </div>
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
