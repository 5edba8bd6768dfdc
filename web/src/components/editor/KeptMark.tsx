import { Pencil, TriangleAlert } from 'lucide-react';

import styles from './editor.module.css';
import { useT } from '@/i18n/i18n';
import { useOnline } from '@/lib/online';
import type { DraftKeeper } from '@/lib/useDraft';

/** A small pencil mark: what was typed is on this device. */
export function KeptMark({ kept }: { kept: DraftKeeper['kept'] }) {
  const t = useT();
  const isOnline = useOnline();
  if (kept === 'nothing') return <span />;
  const words = { yes: isOnline ? t('write.kept') : t('write.keptOffline'), 'not yet': t('write.keeping'), failed: t('write.notKept') }[kept];
  return (
    <span className={styles.kept} role={kept === 'failed' ? 'alert' : 'status'} data-kept={kept}>
      {kept === 'failed' ? <TriangleAlert size={16} aria-hidden="true" /> : <Pencil size={16} aria-hidden="true" />}
      {words}
    </span>
  );
}
