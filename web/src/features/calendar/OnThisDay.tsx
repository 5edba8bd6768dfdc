import styles from './calendar.module.css';
import { PostCard } from '@/components/PostList';
import { useT } from '@/i18n/i18n';
import { usePosts } from '@/lib/posts';
import { itemsOf } from '@/lib/query';

/** What one wrote on this day in earlier years. */
export function OnThisDay() {
  const t = useT();
  const list = usePosts({ of: 'thisDay' });
  const posts = itemsOf(list.data);
  return (
    <section className={styles.thisDay} aria-labelledby="this-day">
      <h2 id="this-day">{t('calendar.thisDay')}</h2>
      {list.isSuccess && posts.length === 0 && <p>{t('calendar.thisDayNone')}</p>}
      <ul>
        {posts.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ul>
    </section>
  );
}
