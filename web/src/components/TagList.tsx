import { Link } from 'react-router';

import styles from './tags.module.css';
import { useT } from '@/i18n/i18n';
import { paths } from '@/lib/paths';

export function TagList({ tags }: { tags: readonly string[] }) {
  const t = useT();
  if (tags.length === 0) return null;
  return (
    <ul className={styles.tags} aria-label={t('entry.tags')}>
      {tags.map((tag) => (
        <li key={tag}>
          <Link to={paths.tag(tag)} className={styles.tag}>
            #{tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}
