import styles from './shell.module.css';
import { useT } from '@/i18n/i18n';
import { useUnread } from '@/lib/notices';

const MOST = 99;

export function Unread() {
  const t = useT();
  const unread = useUnread();
  if (unread === 0) return null;
  return (
    <span className={styles.unread}>
      <span aria-hidden="true">{unread > MOST ? `${MOST}+` : unread}</span>
      <span className="unseen">{t('nav.unread', { count: unread })}</span>
    </span>
  );
}
