import { Link } from 'react-router';
import { useState } from 'react';

import styles from './auth.module.css';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Page } from '@/components/Page';
import { ErrorNotice, Notice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { textOf, useForm } from '@/lib/form';

/** Asks for the mail. It says the same whether the address has an account or not. */
export default function ForgotPassword() {
  const t = useT();
  const [isSent, setSent] = useState(false);
  const form = useForm(
    (fields) => answer(api.POST('/api/v1/auth/password-reset', { body: { email: textOf(fields, 'email') } })),
    () => setSent(true),
  );
  return (
    <Page title={t('auth.reset.title')} lead={t('auth.reset.lead')} width="narrow">
      <form {...form.props} className={styles.form}>
        {isSent && <Notice kind="good">{t('auth.reset.sent')}</Notice>}
        <ErrorNotice error={form.error} />
        <TextField label={t('auth.email')} name="email" type="email" autoComplete="username" reason={form.reason('email')} />
        <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
          {isSent ? t('auth.reset.again') : t('auth.reset.send')}
        </Button>
      </form>
      <p className={styles.other}>
        <Link to="/login">{t('auth.login')}</Link>
      </p>
    </Page>
  );
}
