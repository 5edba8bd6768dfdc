import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import styles from './friends.module.css';
import { Button } from '@/components/Button';
import { Confirm, Dialog, DialogActions } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { MoreMenu } from '@/components/Menu';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { textOf, useForm } from '@/lib/form';
import { friendKeys } from '@/lib/friends';
import type { Diary } from '@/lib/api/types';

/** Give the diary another name, or leave it. */
export function DiaryActions({ diary }: { diary: Diary }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = useState<'rename' | 'leave' | null>(null);
  const close = () => setOpen(null);
  const params = { path: { diary_id: diary.id } };
  const leave = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/diaries/{diary_id}', { params })),
    onSuccess: close,
  });
  const form = useForm(
    (fields) => answer(api.PATCH('/api/v1/diaries/{diary_id}', { params, body: { name: textOf(fields, 'name') } })),
    (renamed) => {
      client.setQueryData(friendKeys.diary(diary.id), renamed);
      void client.invalidateQueries({ queryKey: friendKeys.diaries, exact: true });
      close();
    },
  );
  const goBack = async () => {
    await navigate('/friends', { replace: true });
    client.removeQueries({ queryKey: friendKeys.all });
  };
  return (
    <>
      <MoreMenu
        label={t('actions.menu')}
        choices={[
          { id: 'rename', text: t('friends.rename'), act: () => setOpen('rename') },
          { id: 'leave', text: t('friends.leave'), isGrave: true, act: () => setOpen('leave') },
        ]}
      />
      <Dialog title={t('friends.rename')} isOpen={open === 'rename'} onClose={close}>
        <form {...form.props} className={styles.form}>
          <TextField label={t('friends.diaryName')} name="name" maxLength={50} defaultValue={diary.name} reason={form.reason('name')} />
          <ErrorNotice error={form.error} />
          <DialogActions>
            <Button onClick={close}>{t('actions.cancel')}</Button>
            <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
              {t('actions.save')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
      <Confirm
        isOpen={open === 'leave'}
        onClose={close}
        title={t('friends.leaveTitle', { name: diary.friend.name })}
        text={t('friends.leaveText', { name: diary.friend.name })}
        action={t('friends.leave')}
        busy={leave.isPending}
        error={<ErrorNotice error={leave.error} />}
        onConfirm={() => leave.mutate()}
      />
      <Dialog title={t('friends.receipt.title')} isOpen={leave.isSuccess} insistent onClose={() => void goBack()}>
        <ul className={styles.receipt}>
          <li>{t('friends.receipt.closed', { diary: diary.name })}</li>
          <li>{t('friends.receipt.kept', { count: leave.data?.own_entries ?? 0 })}</li>
          <li>{t('friends.receipt.friend', { name: diary.friend.name })}</li>
        </ul>
        <DialogActions>
          <Button kind="strong" onClick={() => void goBack()}>
            {t('actions.close')}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
