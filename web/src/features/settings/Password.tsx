import { Section } from './Section';
import styles from './settings.module.css';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { textOf, useForm } from '@/lib/form';
import { useSession } from '@/lib/session/useSession';

export function Password() {
  const t = useT();
  const { user } = useSession();
  const form = useForm(
    (fields) =>
      answer(
        api.PUT('/api/v1/me/password', {
          body: { current_password: textOf(fields, 'current_password'), new_password: textOf(fields, 'new_password') },
        }),
      ),
    (_, element) => {
      element?.reset();
      toast(t('settings.passwordChanged'));
    },
  );
  return (
    <Section title={t('settings.password')} lead={t('settings.passwordLead')}>
      <form {...form.props} className={styles.form}>
        {/* Tells password managers whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={user?.email ?? ''} readOnly hidden />
        <TextField label={t('settings.currentPassword')} name="current_password" type="password" autoComplete="current-password" reason={form.reason('current_password')} />
        <TextField label={t('settings.newPassword')} hint={t('auth.passwordHint')} name="new_password" type="password" autoComplete="new-password" reason={form.reason('new_password')} />
        <ErrorNotice error={form.error} />
        <Button type="submit" busy={form.isPending && t('actions.busy')}>
          {t('settings.changePassword')}
        </Button>
      </form>
    </Section>
  );
}
