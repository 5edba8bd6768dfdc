import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';

import { Export } from './Export';
import { Section } from './Section';
import styles from './settings.module.css';
import { exportKey } from './useExport';
import { Button } from '@/components/Button';
import { Dialog, DialogActions } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { dropDraftsOf } from '@/lib/drafts';
import { textOf, useForm } from '@/lib/form';
import { session } from '@/lib/session/session';
import { useSession } from '@/lib/session/useSession';

/** What is one's own: take it along, or have it deleted. */
export function Leaving() {
  const t = useT();
  const { user } = useSession();
  return (
    <Section title={t('settings.leaving')} lead={t('settings.exportLead')}>
      {user && <Export userId={user.id} />}
      <p>{t('settings.deleteLead')}</p>
      <Delete />
    </Section>
  );
}

function Delete() {
  const t = useT();
  const navigate = useNavigate();
  const { user } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [goneId, setGone] = useState<string | null>(null);
  const farewell = t('settings.deleted');
  useEffect(() => {
    if (goneId === null) return;
    // Once this page is left: before that, it would ask to log in again.
    return () => {
      session.leave();
      toast(farewell);
      localStorage.removeItem(exportKey(goneId));
      void dropDraftsOf(goneId);
    };
  }, [goneId, farewell]);
  const form = useForm(
    (fields) => answer(api.DELETE('/api/v1/me', { body: { password: textOf(fields, 'password') } })),
    () => {
      setGone(user?.id ?? '');
      void navigate('/', { replace: true });
    },
  );
  return (
    <>
      <div className={styles.row}>
        <Button kind="danger" onClick={() => setOpen(true)}>
          {t('settings.delete')}
        </Button>
      </div>
      <Dialog title={t('settings.deleteTitle')} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>{t('settings.deleteText')}</p>
        <form {...form.props} className={styles.form}>
          <TextField label={t('settings.deletePassword')} name="password" type="password" autoComplete="current-password" reason={form.reason('password')} />
          <ErrorNotice error={form.error} />
          <DialogActions>
            <Button onClick={() => setOpen(false)}>{t('actions.cancel')}</Button>
            <Button type="submit" kind="danger" busy={form.isPending && t('actions.busy')}>
              {t('settings.deleteAction')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
