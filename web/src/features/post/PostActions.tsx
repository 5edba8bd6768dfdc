import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Share2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { Button } from '@/components/Button';
import { Confirm } from '@/components/Dialog';
import { MoreMenu, type Choice } from '@/components/Menu';
import { ReportDialog } from '@/components/ReportDialog';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { paths } from '@/lib/paths';
import { postKeys } from '@/lib/posts';
import { useSession } from '@/lib/session/useSession';
import type { Post } from '@/lib/api/types';

export function PostActions({ post }: { post: Post }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { user } = useSession();
  const [open, setOpen] = useState<'delete' | 'report' | null>(null);
  const close = () => setOpen(null);
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/posts/{post_id}', { params: { path: { post_id: post.id } } })),
    onSuccess: async () => {
      client.removeQueries({ queryKey: postKeys.one(post.id) });
      await navigate('/me', { replace: true });
      void client.invalidateQueries({ queryKey: postKeys.feeds });
      toast(t('post.deleted'));
    },
  });
  const isOwn = user?.id === post.author.id;
  const choices: Choice[] = isOwn
    ? [
        { id: 'edit', text: t('actions.edit'), act: () => void navigate(paths.editPost(post.id)) },
        { id: 'delete', text: t('actions.delete'), isGrave: true, act: () => setOpen('delete') },
      ]
    : [{ id: 'report', text: t('report.action'), isGrave: true, act: () => setOpen('report') }];
  return (
    <>
      {post.visibility === 'public' && (
        <Button kind="plain" size="small" label={t('post.share')} onClick={() => void share(post, t('post.copied'))}>
          <Share2 size={20} aria-hidden="true" />
        </Button>
      )}
      {user && <MoreMenu label={t('actions.menu')} choices={choices} />}
      <Confirm
        isOpen={open === 'delete'}
        onClose={close}
        title={t('post.delete.title')}
        text={t('post.delete.text')}
        action={t('actions.delete')}
        busy={remove.isPending}
        error={<ErrorNotice error={remove.error} />}
        onConfirm={() => remove.mutate()}
      />
      <ReportDialog isOpen={open === 'report'} onClose={close} type="post" id={post.id} author={post.author} />
    </>
  );
}

async function share(post: Post, copied: string): Promise<void> {
  const url = new URL(paths.post(post.id), location.origin).href;
  if ('share' in navigator) {
    // Whoever closes the sheet has shared nothing, which is no failure.
    await navigator.share({ title: post.title, url }).catch(() => undefined);
  } else {
    await (navigator as Navigator).clipboard.writeText(url);
    toast(copied);
  }
}
