import { Lock, MessageCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { EntryCard } from './EntryCard';
import { LikeButton } from './LikeButton';
import { More } from './More';
import styles from './posts.module.css';
import { Failure, Waiting } from './States';
import { useT } from '@/i18n/i18n';
import { paths } from '@/lib/paths';
import { usePosts, type Feed } from '@/lib/posts';
import { itemsOf } from '@/lib/query';
import type { Post } from '@/lib/api/types';

/** Posts as entry cards, more of them as one scrolls; `empty` is shown when there are none. */
export function PostList({ feed, empty }: { feed: Feed; empty: ReactNode }) {
  const list = usePosts(feed);
  const posts = itemsOf(list.data);
  if (list.isPending) return <Waiting />;
  if (list.isError && posts.length === 0) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (posts.length === 0 && !list.hasNextPage) return empty;
  return (
    <>
      <ul className={styles.list}>
        {posts.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

export function PostCard({ post }: { post: Post }) {
  const t = useT();
  return (
    <EntryCard entry={post} to={paths.post(post.id)}>
      <Link to={paths.author(post.author.id)} className={styles.author}>
        {post.author.name}
      </Link>
      {post.visibility === 'private' && (
        <span className={styles.private}>
          <Lock size={15} aria-hidden="true" />
          {t('post.private')}
        </span>
      )}
      <span className={styles.counts}>
        <LikeButton post={post} />
        <Link to={`${paths.post(post.id)}#comments`} className={styles.comments}>
          <MessageCircle size={20} aria-hidden="true" />
          <span className="unseen">{t('post.commentsOf', { title: post.title })}</span>
          <span>{post.comment_count}</span>
        </Link>
      </span>
    </EntryCard>
  );
}
