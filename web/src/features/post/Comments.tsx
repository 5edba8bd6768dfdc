import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';

import { CommentActions } from './CommentActions';
import { commentKey } from './keys';
import styles from './post.module.css';
import { Byline } from '@/components/Byline';
import { Button } from '@/components/Button';
import { TextArea } from '@/components/Field';
import { More } from '@/components/More';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { useAttempt } from '@/lib/attempt';
import { useForm } from '@/lib/form';
import { loginPath } from '@/lib/paths';
import { changePost } from '@/lib/posts';
import { itemsOf, paging } from '@/lib/query';
import { useSession } from '@/lib/session/useSession';
import type { Post } from '@/lib/api/types';

const PAGE = 30;

export function Comments({ post }: { post: Post }) {
  const t = useT();
  const location = useLocation();
  const { status } = useSession();
  const list = useInfiniteQuery({
    queryKey: commentKey(post.id),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/posts/{post_id}/comments', { params: { path: { post_id: post.id }, query }, signal }));
    },
    ...paging,
  });
  const comments = itemsOf(list.data);
  return (
    <section id="comments" className={styles.comments} aria-labelledby="comments-heading">
      <h2 id="comments-heading" className={styles.heading}>
        {t('comments.title', { count: post.comment_count })}
      </h2>
      {list.isPending && <Waiting />}
      {list.isError && comments.length === 0 && <Failure error={list.error} retry={() => void list.refetch()} />}
      <ul className={styles.list}>
        {comments.map((comment) => (
          <li key={comment.id} className={styles.comment}>
            <Byline author={comment.author} time={comment.created_at} />
            <CommentActions post={post} comment={comment} />
            <p>{comment.text}</p>
          </li>
        ))}
      </ul>
      <More list={list} />
      {status === 'anonymous' ? (
        <p>
          <Link to={loginPath(location)}>{t('comments.login')}</Link>
        </p>
      ) : (
        <WriteComment post={post} />
      )}
    </section>
  );
}

function WriteComment({ post }: { post: Post }) {
  const t = useT();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const attempt = useAttempt();
  const form = useForm(
    () =>
      answer(
        api.POST('/api/v1/posts/{post_id}/comments', {
          params: { path: { post_id: post.id }, header: { 'Idempotency-Key': attempt.key(text) } },
          body: { text },
        }),
      ),
    () => {
      attempt.done();
      setText('');
      changePost(client, post.id, (old) => ({ ...old, comment_count: old.comment_count + 1 }));
      void client.invalidateQueries({ queryKey: commentKey(post.id) });
    },
  );
  return (
    <form {...form.props} className={styles.write}>
      <TextArea label={t('comments.label')} name="text" maxLength={1000} rows={3} value={text} onChange={(event) => setText(event.target.value)} reason={form.reason('text')} />
      <ErrorNotice error={form.error} />
      <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')} disabled={text.trim() === ''}>
        {t('comments.send')}
      </Button>
    </form>
  );
}
