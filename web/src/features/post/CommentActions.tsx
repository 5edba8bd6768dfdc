import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { commentKey } from './keys';
import { Confirm } from '@/components/Dialog';
import { MoreMenu, type Choice } from '@/components/Menu';
import { ReportDialog } from '@/components/ReportDialog';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { changePost } from '@/lib/posts';
import { useSession } from '@/lib/session/useSession';
import type { Comment, Post } from '@/lib/api/types';

/** Delete one's own comment or any under one's own post; report those of others. */
export function CommentActions({ post, comment }: { post: Post; comment: Comment }) {
  const t = useT();
  const client = useQueryClient();
  const { user } = useSession();
  const [open, setOpen] = useState<'delete' | 'report' | null>(null);
  const close = () => setOpen(null);
  const path = { post_id: post.id, comment_id: comment.id };
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/posts/{post_id}/comments/{comment_id}', { params: { path } })),
    onSuccess: () => {
      close();
      changePost(client, post.id, (old) => ({ ...old, comment_count: Math.max(0, old.comment_count - 1) }));
      return client.invalidateQueries({ queryKey: commentKey(post.id) });
    },
  });
  if (user === null) return <span />;
  const isOwn = user.id === comment.author.id;
  const choices: Choice[] = [];
  if (isOwn || user.id === post.author.id) {
    choices.push({ id: 'delete', text: t('actions.delete'), isGrave: true, act: () => setOpen('delete') });
  }
  if (!isOwn) choices.push({ id: 'report', text: t('report.action'), isGrave: true, act: () => setOpen('report') });
  return (
    <>
      <MoreMenu label={t('comments.menu', { name: comment.author.name })} choices={choices} />
      <Confirm
        isOpen={open === 'delete'}
        onClose={close}
        title={t('comments.delete.title')}
        text={t('comments.delete.text')}
        action={t('actions.delete')}
        busy={remove.isPending}
        error={<ErrorNotice error={remove.error} />}
        onConfirm={() => remove.mutate()}
      />
      <ReportDialog isOpen={open === 'report'} onClose={close} type="comment" id={comment.id} author={comment.author} />
    </>
  );
}
