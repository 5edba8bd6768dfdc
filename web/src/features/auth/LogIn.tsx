import { Link, Navigate, useSearchParams } from 'react-router';

import styles from './auth.module.css';
import { LogInForm } from './LogInForm';
import { Page } from '@/components/Page';
import { Notice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { nextPath } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';

export default function LogIn() {
  const t = useT();
  const [search] = useSearchParams();
  const { status } = useSession();
  // Also the way on after logging in: to the page that asked for it.
  if (status === 'member') return <Navigate to={nextPath(search)} replace />;
  const next = search.get('next');
  return (
    <Page title={t('auth.login')} width="narrow">
      <div className={styles.loose}>
        {next && <Notice>{t('auth.loginFirst')}</Notice>}
        <LogInForm />
      </div>
      <p className={styles.other}>
        {t('auth.new')} <Link to={{ pathname: '/signup', search: search.toString() }}>{t('auth.signup')}</Link>
      </p>
    </Page>
  );
}
