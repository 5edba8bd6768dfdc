import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';

import { CommentActions } from './CommentActions';
import styles from './comments.module.css';
import { Byline } from '@/components/Byline';
import { Button } from '@/components/Button';
import { TextArea } from '@/components/Field';
import { More } from '@/components/More';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { useAttempt } from '@/lib/attempt';
import { useForm } from '@/lib/form';
import { loginPath } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';
import { useSession } from '@/lib/session/useSession';
import type { Thread } from '@/lib/threads';

export interface CommentsProps {
  thread: Thread;
  count: number;
  /** Whose the thing is: they may delete any comment under it. */
  ownerId: string;
  /** One more, or one less. */
  onCount: (by: 1 | -1) => void;
  /** In a secret diary nobody but the two is told. */
  canReport?: boolean;
}

export function Comments(props: CommentsProps) {
  const t = useT();
  const location = useLocation();
  const { status } = useSession();
  const { thread, count } = props;
  const list = useInfiniteQuery({
    queryKey: thread.key,
    queryFn: ({ pageParam, signal }) => thread.list(pageParam, signal),
    ...paging,
  });
  const comments = itemsOf(list.data);
  return (
    <section id="comments" className={styles.comments} aria-labelledby="comments-heading">
      <h2 id="comments-heading" className={styles.heading}>
        {t('comments.title', { count })}
      </h2>
      {list.isPending && <Waiting />}
      {list.isError && comments.length === 0 && <Failure error={list.error} retry={() => void list.refetch()} />}
      <ul className={styles.list}>
        {comments.map((comment) => (
          <li key={comment.id} className={styles.comment}>
            <Byline author={comment.author} time={comment.created_at} />
            <CommentActions {...props} comment={comment} />
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
        <WriteComment {...props} />
      )}
    </section>
  );
}

function WriteComment({ thread, onCount }: CommentsProps) {
  const t = useT();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const attempt = useAttempt();
  const form = useForm(
    () => thread.write(text, attempt.key(text)),
    () => {
      attempt.done();
      setText('');
      onCount(1);
      void client.invalidateQueries({ queryKey: thread.key });
    },
  );
  return (
    <form {...form.props} className={styles.write}>
      <TextArea
        label={t('comments.label')}
        name="text"
        maxLength={1000}
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        reason={form.reason('text')}
      />
      <ErrorNotice error={form.error} />
      <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')} disabled={text.trim() === ''}>
        {t('comments.send')}
      </Button>
    </form>
  );
}
