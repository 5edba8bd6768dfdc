import { Link } from 'react-router';

import styles from './auth.module.css';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { textOf, useForm } from '@/lib/form';
import { logIn } from '@/lib/session/calls';
import { session } from '@/lib/session/session';

/** `email` is given where somebody logs in again. */
export function LogInForm({ email, bare = false }: { email?: string; bare?: boolean }) {
  const t = useT();
  const form = useForm(
    (fields) => logIn(textOf(fields, 'email'), textOf(fields, 'password')),
    (granted) => session.enter(granted),
  );
  return (
    <form {...form.props} className={bare ? styles.loose : styles.form}>
      <ErrorNotice error={form.error} />
      <TextField
        label={t('auth.email')}
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        readOnly={email !== undefined}
        reason={form.reason('email')}
      />
      <TextField label={t('auth.password')} name="password" type="password" autoComplete="current-password" reason={form.reason('password')} />
      <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
        {t('auth.login')}
      </Button>
      {!bare && <Link to="/reset">{t('auth.forgot')}</Link>}
    </form>
  );
}
