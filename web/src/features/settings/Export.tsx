import styles from './settings.module.css';
import { useExport } from './useExport';
import { Ago } from '@/components/Byline';
import { Button, look } from '@/components/Button';
import { ErrorNotice, Notice } from '@/components/States';
import { useT } from '@/i18n/i18n';

/** Everything of one's own as a file. */
export function Export({ userId }: { userId: string }) {
  const t = useT();
  const { made, begin, isWorking, error } = useExport(userId);
  const file = !isWorking && made?.status === 'ready' && made.url ? { url: made.url, time: made.requested_at } : null;
  return (
    <>
      <ErrorNotice error={error} />
      {isWorking && <Notice>{t('settings.exportWorking')}</Notice>}
      {made?.status === 'failed' && <Notice kind="danger">{t('settings.exportFailed')}</Notice>}
      {file && (
        <Notice kind="good">
          {t('settings.exportReady')} <Ago time={file.time} />
        </Notice>
      )}
      <div className={styles.row}>
        {file && (
          <a href={file.url} download className={look({ kind: 'strong' })}>
            {t('settings.exportGet')}
          </a>
        )}
        <Button onClick={begin} disabled={isWorking}>
          {file ? t('settings.exportAgain') : t('settings.exportAsk')}
        </Button>
      </div>
    </>
  );
}
