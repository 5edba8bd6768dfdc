import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { CommentsProps } from './Comments';
import { Confirm } from '@/components/Dialog';
import { MoreMenu, type Choice } from '@/components/Menu';
import { ReportDialog } from '@/components/ReportDialog';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { useSession } from '@/lib/session/useSession';
import type { Comment } from '@/lib/api/types';

/** Delete one's own comment or any under what is one's own; report those of others. */
export function CommentActions({ thread, ownerId, onCount, canReport = true, comment }: CommentsProps & { comment: Comment }) {
  const t = useT();
  const client = useQueryClient();
  const { user } = useSession();
  const [open, setOpen] = useState<'delete' | 'report' | null>(null);
  const close = () => setOpen(null);
  const remove = useMutation({
    mutationFn: () => thread.remove(comment.id),
    onSuccess: () => {
      close();
      onCount(-1);
      return client.invalidateQueries({ queryKey: thread.key });
    },
  });
  const isOwn = user?.id === comment.author.id;
  const choices: Choice[] = [];
  if (isOwn || user?.id === ownerId) {
    choices.push({ id: 'delete', text: t('actions.delete'), isGrave: true, act: () => setOpen('delete') });
  }
  if (!isOwn && canReport) choices.push({ id: 'report', text: t('report.action'), isGrave: true, act: () => setOpen('report') });
  if (user === null || choices.length === 0) return <span />;
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
