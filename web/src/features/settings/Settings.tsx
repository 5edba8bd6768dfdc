import { Account } from './Account';
import { Appearance } from './Appearance';
import { Blocks } from './Blocks';
import { Leaving } from './Leaving';
import { Password } from './Password';
import { Profile } from './Profile';
import styles from './settings.module.css';
import { Page } from '@/components/Page';
import { useT } from '@/i18n/i18n';
import { useSession } from '@/lib/session/useSession';

export default function Settings() {
  const t = useT();
  const { user } = useSession();
  if (!user) return null;
  return (
    <Page title={t('settings.title')} lead={user.email} width="reading">
      <div className={styles.sections}>
        <Profile user={user} />
        <Appearance />
        <Password />
        <Account />
        <Blocks />
        <Leaving />
      </div>
    </Page>
  );
}
