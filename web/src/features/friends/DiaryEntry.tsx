import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { changeEntry, EntryHeart } from './EntryHeart';
import styles from './friends.module.css';
import { Byline } from '@/components/Byline';
import { Comments } from '@/components/comments/Comments';
import { Confirm } from '@/components/Dialog';
import { EntryCard } from '@/components/EntryCard';
import { MoreMenu } from '@/components/Menu';
import { Page } from '@/components/Page';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { friendKeys, useDiary, useEntry } from '@/lib/friends';
import { paths } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';
import { entryThread } from '@/lib/threads';
import type { SecretEntry } from '@/lib/api/types';

export default function DiaryEntry() {
  const client = useQueryClient();
  const { id = '', entryId = '' } = useParams();
  const { user } = useSession();
  const diary = useDiary(id);
  const { data: entry, error, refetch } = useEntry(id, entryId);
  if (error && !entry) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!entry) return <Waiting />;
  const isOwn = user?.id === entry.author.id;
  return (
    <Page title={entry.title} hideTitle width="reading">
      <p className={styles.back}>
        <Link to={paths.diary(id)}>{diary.data?.name}</Link>
      </p>
      <EntryCard entry={entry} heading="h1">
        <Byline author={entry.author} time={entry.created_at} />
        <span className={styles.counts}>
          <EntryHeart diaryId={id} entry={entry} />
          {isOwn && <Actions entry={entry} />}
        </span>
      </EntryCard>
      <Comments
        thread={entryThread(id, entryId)}
        count={entry.comment_count}
        ownerId={entry.author.id}
        canReport={false}
        onCount={(by) => changeEntry(client, entry, (old) => ({ ...old, comment_count: Math.max(0, old.comment_count + by) }))}
      />
    </Page>
  );
}

function Actions({ entry }: { entry: SecretEntry }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const here = `${paths.diary(entry.diary_id)}/entries/${entry.id}`;
  const remove = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/api/v1/diaries/{diary_id}/entries/{entry_id}', { params: { path: { diary_id: entry.diary_id, entry_id: entry.id } } })),
    onSuccess: async () => {
      await navigate(paths.diary(entry.diary_id), { replace: true });
      void client.invalidateQueries({ queryKey: friendKeys.entries(entry.diary_id) });
      toast(t('post.deleted'));
    },
  });
  return (
    <>
      <MoreMenu
        label={t('actions.menu')}
        choices={[
          { id: 'edit', text: t('actions.edit'), act: () => void navigate(`${here}/edit`) },
          { id: 'delete', text: t('actions.delete'), isGrave: true, act: () => setAsks(true) },
        ]}
      />
      <Confirm
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={t('post.delete.title')}
        text={t('post.delete.text')}
        action={t('actions.delete')}
        busy={remove.isPending}
        error={<ErrorNotice error={remove.error} />}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
