import { useParams } from 'react-router';

import { Comments } from './Comments';
import { PostActions } from './PostActions';
import styles from './post.module.css';
import { EntryCard } from '@/components/EntryCard';
import { Byline } from '@/components/Byline';
import { LikeButton } from '@/components/LikeButton';
import { Page } from '@/components/Page';
import { Failure, Notice, Waiting } from '@/components/States';
import { TagList } from '@/components/TagList';
import { useT } from '@/i18n/i18n';
import { usePost } from '@/lib/posts';
import { useTitle } from '@/lib/title';

export default function PostPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { data: post, error, refetch, isPending } = usePost(id);
  useTitle(error ? t('states.absent.title') : undefined);
  if (isPending) return <Waiting />;
  if (!post) return <Failure error={error ?? new Error()} retry={() => void refetch()} />;
  return (
    <Page title={post.title} hideTitle width="reading">
      {post.hidden && <Notice kind="danger">{t('post.hidden')}</Notice>}
      <EntryCard entry={post} heading="h1">
        <div className={styles.foot}>
          <TagList tags={post.tags} />
          <div className={styles.line}>
            <Byline author={post.author} time={post.created_at} isPrivate={post.visibility === 'private'} />
            <div className={styles.actions}>
              <LikeButton post={post} />
              <PostActions post={post} />
            </div>
          </div>
        </div>
      </EntryCard>
      <Comments post={post} />
    </Page>
  );
}
