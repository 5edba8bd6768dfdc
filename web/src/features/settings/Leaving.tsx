import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { Section } from './Section';
import styles from './settings.module.css';
import { Button, look } from '@/components/Button';
import { Dialog, DialogActions } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { ErrorNotice, Notice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { isStatus } from '@/lib/api/errors';
import { dropDraftsOf } from '@/lib/drafts';
import { textOf, useForm } from '@/lib/form';
import { session } from '@/lib/session/session';
import { useSession } from '@/lib/session/useSession';

const LOOK_MILLISECONDS = 2000;
/** Which export was begun, so that it is found again after the page was left. */
const exportKey = (userId: string) => `deep-story.export.${userId}`;

/** What is one's own: take it along, or have it deleted. */
export function Leaving() {
  const t = useT();
  return (
    <Section title={t('settings.leaving')} lead={t('settings.exportLead')}>
      <Export />
      <p>{t('settings.deleteLead')}</p>
      <Delete />
    </Section>
  );
}

function Export() {
  const t = useT();
  const { user } = useSession();
  const kept = exportKey(user?.id ?? '');
  const [id, setId] = useState(() => localStorage.getItem(kept) ?? '');
  const begin = useMutation({
    mutationFn: () => answer(api.GET('/api/v1/me/export')),
    onSuccess: (begun) => {
      localStorage.setItem(kept, begun.export.id);
      setId(begun.export.id);
    },
  });
  const { data, error: failure } = useQuery({
    queryKey: ['export', id],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/me/export/{export_id}', { params: { path: { export_id: id } }, signal })),
    enabled: id !== '',
    refetchInterval: ({ state }) => (state.data?.status === 'pending' || !state.data ? LOOK_MILLISECONDS : false),
  });
  // One that expired is as good as none.
  const error = isStatus(failure, 404) ? null : failure;
  const isWorking = begin.isPending || (id !== '' && (data === undefined || data.status === 'pending') && !failure);
  return (
    <>
      <ErrorNotice error={begin.error ?? error} />
      {isWorking && <Notice>{t('settings.exportWorking')}</Notice>}
      {data?.status === 'failed' && <Notice kind="danger">{t('settings.exportFailed')}</Notice>}
      {data?.status === 'ready' && data.url ? (
        <Notice kind="good">
          {t('settings.exportReady')}{' '}
          <a href={data.url} download className={look({ size: 'small' })}>
            {t('settings.exportGet')}
          </a>
        </Notice>
      ) : (
        <div className={styles.row}>
          <Button onClick={() => begin.mutate()} disabled={isWorking}>
            {t('settings.exportAsk')}
          </Button>
        </div>
      )}
    </>
  );
}

function Delete() {
  const t = useT();
  const navigate = useNavigate();
  const { user } = useSession();
  const [isOpen, setOpen] = useState(false);
  const goAway = async () => {
    // First, because a page for members would ask to log in again.
    await navigate('/', { replace: true });
    session.leave();
    toast(t('settings.deleted'));
    if (!user) return;
    localStorage.removeItem(exportKey(user.id));
    await dropDraftsOf(user.id);
  };
  const form = useForm(
    (fields) => answer(api.DELETE('/api/v1/me', { body: { password: textOf(fields, 'password') } })),
    () => void goAway(),
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
