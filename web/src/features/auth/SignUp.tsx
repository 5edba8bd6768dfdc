import { Link, Navigate, useSearchParams } from 'react-router';

import styles from './auth.module.css';
import { Button } from '@/components/Button';
import { SelectField, TextField } from '@/components/Field';
import { Page } from '@/components/Page';
import { ErrorNotice } from '@/components/States';
import { useLanguage, useT } from '@/i18n/i18n';
import { GENDERS, type Gender } from '@/lib/api/types';
import { useAttempt } from '@/lib/attempt';
import { browserZone, today } from '@/lib/dates';
import { textOf, useForm } from '@/lib/form';
import { nextPath } from '@/lib/paths';
import { signUp } from '@/lib/session/calls';
import { session } from '@/lib/session/session';
import { useSession } from '@/lib/session/useSession';

export default function SignUp() {
  const t = useT();
  const language = useLanguage();
  const [search] = useSearchParams();
  const { status } = useSession();
  const attempt = useAttempt();
  const form = useForm(
    (fields) => {
      const account = {
        email: textOf(fields, 'email'),
        password: textOf(fields, 'password'),
        name: textOf(fields, 'name'),
        birth_date: textOf(fields, 'birth_date'),
        gender: textOf(fields, 'gender') as Gender,
        language,
        timezone: browserZone(),
      };
      return signUp(account, attempt.key(account));
    },
    (granted) => session.enter(granted),
  );
  if (status === 'member') return <Navigate to={nextPath(search)} replace />;
  return (
    <Page title={t('auth.signup')} lead={t('auth.signupLead')} width="narrow">
      <form {...form.props} className={styles.form}>
        <ErrorNotice error={form.error} />
        <TextField label={t('auth.name')} hint={t('auth.nameHint')} name="name" autoComplete="nickname" maxLength={40} reason={form.reason('name')} />
        <TextField label={t('auth.email')} name="email" type="email" autoComplete="username" reason={form.reason('email')} />
        <TextField label={t('auth.password')} hint={t('auth.passwordHint')} name="password" type="password" autoComplete="new-password" reason={form.reason('password')} />
        <div className={styles.pair}>
          <TextField label={t('auth.birthDate')} name="birth_date" type="date" min="1900-01-01" max={today(browserZone())} autoComplete="bday" reason={form.reason('birth_date')} />
          <SelectField label={t('auth.gender')} name="gender" defaultValue="undisclosed" reason={form.reason('gender')}>
            {GENDERS.map((gender) => (
              <option key={gender} value={gender}>
                {t(`gender.${gender}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
          {t('auth.signup')}
        </Button>
      </form>
      <p className={styles.other}>
        {t('auth.known')} <Link to={{ pathname: '/login', search: search.toString() }}>{t('auth.login')}</Link>
      </p>
    </Page>
  );
}
