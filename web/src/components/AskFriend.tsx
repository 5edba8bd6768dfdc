import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { Button } from './Button';
import { Dialog, DialogActions } from './Dialog';
import { TextField } from './Field';
import styles from './report.module.css';
import { ErrorNotice } from './States';
import { toast } from './toasts';
import { useT } from '@/i18n/i18n';
import { useAttempt } from '@/lib/attempt';
import { textOf, useForm } from '@/lib/form';
import { askFriend, friendKeys } from '@/lib/friends';

/** Asks somebody to keep a secret diary together: by their page, or else by their e-mail address. */
export function AskFriend({ userId, name }: { userId?: string; name?: string }) {
  const t = useT();
  const client = useQueryClient();
  const attempt = useAttempt();
  const [isOpen, setOpen] = useState(false);
  const form = useForm(
    (fields) => {
      const whom = userId === undefined ? { email: textOf(fields, 'email') } : { user_id: userId };
      const body = { diary_name: textOf(fields, 'diary_name'), ...whom };
      return askFriend(body, attempt.key(body));
    },
    () => {
      attempt.done();
      setOpen(false);
      void client.invalidateQueries({ queryKey: friendKeys.requests('outgoing') });
      toast(t('friends.asked'));
    },
  );
  return (
    <>
      <Button kind={userId === undefined ? 'strong' : 'usual'} onClick={() => setOpen(true)}>
        {t('friends.ask')}
      </Button>
      <Dialog title={name ? t('friends.askName', { name }) : t('friends.ask')} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>{t('friends.askText')}</p>
        <form {...form.props} className={styles.form}>
          {userId === undefined && <TextField label={t('friends.email')} name="email" type="email" reason={form.reason('email')} />}
          <TextField label={t('friends.diaryName')} name="diary_name" maxLength={50} defaultValue={t('friends.diaryNameIdea')} reason={form.reason('diary_name')} />
          <ErrorNotice error={form.error} />
          <DialogActions>
            <Button onClick={() => setOpen(false)}>{t('actions.cancel')}</Button>
            <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
              {t('friends.send')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
