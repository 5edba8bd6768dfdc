import { useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';

import styles from './auth.module.css';
import { Button, ButtonLink } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Page } from '@/components/Page';
import { ErrorNotice, Notice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { isStatus } from '@/lib/api/errors';
import { textOf, useForm } from '@/lib/form';

/** Where the mail leads: the link works once. */
export default function NewPassword() {
  const t = useT();
  const token = useToken();
  const [isDone, setDone] = useState(false);
  const form = useForm(
    (fields) => answer(api.POST('/api/v1/auth/password-reset/confirm', { body: { token, password: textOf(fields, 'password') } })),
    () => setDone(true),
  );
  const isSpent = isStatus(form.error, 400, 401, 404, 409) || form.reason('token') !== undefined;
  if (isDone) {
    return (
      <Page title={t('auth.reset.title')} width="narrow">
        <div className={styles.form}>
          <Notice kind="good">{t('auth.reset.done')}</Notice>
          <ButtonLink kind="strong" to="/login">
            {t('auth.login')}
          </ButtonLink>
        </div>
      </Page>
    );
  }
  return (
    <Page title={t('auth.reset.title')} width="narrow">
      <form {...form.props} className={styles.form}>
        {token === '' && <Notice kind="danger">{t('auth.reset.missing')}</Notice>}
        {isSpent ? <Notice kind="danger">{t('auth.reset.invalid')}</Notice> : <ErrorNotice error={form.error} />}
        <TextField label={t('auth.reset.new')} hint={t('auth.passwordHint')} name="password" type="password" autoComplete="new-password" reason={form.reason('password')} />
        <Button type="submit" kind="strong" disabled={token === ''} busy={form.isPending && t('actions.busy')}>
          {t('auth.reset.change')}
        </Button>
        <ButtonLink kind="plain" to="/reset">
          {t('auth.reset.again')}
        </ButtonLink>
      </form>
    </Page>
  );
}

/** After # it never reaches a server's log; after ? it works as well. */
function useToken(): string {
  const { hash } = useLocation();
  const [search] = useSearchParams();
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? search.get('token') ?? '';
}
