import { LogInForm } from './LogInForm';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { useT } from '@/i18n/i18n';
import { session } from '@/lib/session/session';
import { useSession } from '@/lib/session/useSession';

/** The session ended while somebody was at it: they log in here and go on where they were. */
export default function LogInAgain() {
  const t = useT();
  const { user } = useSession();
  return (
    <Dialog title={t('auth.again.title')} isOpen insistent onClose={() => session.leave()}>
      <p>{t('auth.again.text')}</p>
      <LogInForm bare {...(user ? { email: user.email } : {})} />
      <Button kind="plain" onClick={() => session.leave()}>
        {t('auth.again.leave')}
      </Button>
    </Dialog>
  );
}
