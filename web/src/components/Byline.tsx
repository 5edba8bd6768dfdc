import { Lock } from 'lucide-react';
import { Link } from 'react-router';

import styles from './byline.module.css';
import { useLanguage, useT } from '@/i18n/i18n';
import { ago, moment } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';
import type { Author } from '@/lib/api/types';

interface BylineProps {
  author: Author;
  time: string;
  isPrivate?: boolean;
}

/** Who wrote it, and how long ago. */
export function Byline({ author, time, isPrivate = false }: BylineProps) {
  const t = useT();
  return (
    <p className={styles.byline}>
      <Link to={paths.author(author.id)} className={styles.name}>
        {author.name}
      </Link>
      <Ago time={time} />
      {isPrivate && (
        <span className={styles.private}>
          <Lock size={15} aria-hidden="true" />
          {t('post.private')}
        </span>
      )}
    </p>
  );
}

export function Ago({ time }: { time: string }) {
  const language = useLanguage();
  const { user } = useSession();
  return (
    <time className={styles.time} dateTime={time} title={moment(time, language, user?.timezone ?? 'Asia/Seoul')}>
      {ago(time, language)}
    </time>
  );
}
