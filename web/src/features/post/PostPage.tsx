import { useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';

import { PostActions } from './PostActions';
import styles from './post.module.css';
import { EntryCard } from '@/components/EntryCard';
import { Byline } from '@/components/Byline';
import { Comments } from '@/components/comments/Comments';
import { LikeButton } from '@/components/LikeButton';
import { Page } from '@/components/Page';
import { Failure, Notice, Waiting } from '@/components/States';
import { TagList } from '@/components/TagList';
import { useT } from '@/i18n/i18n';
import { changePost, usePost } from '@/lib/posts';
import { postThread } from '@/lib/threads';

export default function PostPage() {
  const t = useT();
  const client = useQueryClient();
  const { id = '' } = useParams();
  const { data: post, error, refetch, isPending } = usePost(id);
  if (isPending) return <Waiting />;
  if (!post) return <Failure whole error={error} retry={() => void refetch()} />;
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
      <Comments
        thread={postThread(post.id)}
        count={post.comment_count}
        ownerId={post.author.id}
        onCount={(by) => changePost(client, post.id, (old) => ({ ...old, comment_count: Math.max(0, old.comment_count + by) }))}
      />
    </Page>
  );
}
