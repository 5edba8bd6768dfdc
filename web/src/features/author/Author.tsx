import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';

import { AskFriend } from '@/components/AskFriend';
import { Confirm } from '@/components/Dialog';
import { MoreMenu } from '@/components/Menu';
import { Page } from '@/components/Page';
import { PostList } from '@/components/PostList';
import { ReportDialog } from '@/components/ReportDialog';
import { ErrorNotice, Failure, State, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { blockUser } from '@/lib/blocks';
import { monthName } from '@/lib/dates';
import { useSession } from '@/lib/session/useSession';
import type { Profile } from '@/lib/api/types';

export default function Author() {
  const t = useT();
  const language = useLanguage();
  const { id = '' } = useParams();
  const { user } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['users', id],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/users/{user_id}', { params: { path: { user_id: id } }, signal })),
  });
  if (error) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const isOther = user !== null && user.id !== data.id;
  return (
    <Page
      title={data.name}
      lead={t('author.since', { month: monthName(data.since.slice(0, 7), language) })}
      actions={isOther && <Actions profile={data} />}
    >
      <PostList feed={{ of: 'author', userId: id }} empty={<State doodle="page" title={t('author.empty', { name: data.name })} />} />
    </Page>
  );
}

function Actions({ profile }: { profile: Profile }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'block' | 'report' | null>(null);
  const close = () => setOpen(null);
  const block = useMutation({
    mutationFn: () => blockUser(profile.id),
    onSuccess: async () => {
      await navigate('/', { replace: true });
      client.removeQueries({ type: 'inactive' });
      void client.resetQueries();
      toast(t('block.done', { name: profile.name }));
    },
  });
  return (
    <>
      <AskFriend userId={profile.id} name={profile.name} />
      <MoreMenu
        label={t('actions.menu')}
        choices={[
          { id: 'block', text: t('block.action'), isGrave: true, act: () => setOpen('block') },
          { id: 'report', text: t('report.action'), isGrave: true, act: () => setOpen('report') },
        ]}
      />
      <Confirm
        isOpen={open === 'block'}
        onClose={close}
        title={t('block.title', { name: profile.name })}
        text={t('block.text')}
        action={t('block.action')}
        busy={block.isPending}
        error={<ErrorNotice error={block.error} />}
        onConfirm={() => block.mutate()}
      />
      <ReportDialog isOpen={open === 'report'} onClose={close} type="user" id={profile.id} author={profile} />
    </>
  );
}
