import { useSearchParams } from 'react-router';

import styles from './home.module.css';
import { Specimen } from './Specimen';
import { ButtonLink } from '@/components/Button';
import { Page } from '@/components/Page';
import { PostList } from '@/components/PostList';
import { State } from '@/components/States';
import { Tabs } from '@/components/Tabs';
import { useT } from '@/i18n/i18n';
import { useSession } from '@/lib/session/useSession';

const PERIODS = ['day', 'week', 'month', 'all'] as const;
type Period = (typeof PERIODS)[number];

/** What others show: the newest, or the most liked of a while. */
export default function Home() {
  const t = useT();
  const [search] = useSearchParams();
  const { status } = useSession();
  const period = PERIODS.find((one) => one === search.get('top')) ?? null;
  return (
    <Page title={status === 'anonymous' ? '' : t('home.title')} hideTitle={status === 'anonymous'}>
      {status === 'anonymous' && <Welcome />}
      <Tabs
        label={t('home.order')}
        tabs={[
          { to: '/', text: t('home.latest'), isOpen: period === null },
          ...PERIODS.map((one) => ({ to: `/?top=${one}`, text: t(`home.top.${one}`), isOpen: period === one })),
        ]}
      />
      <PostList
        feed={{ of: 'public', sort: period === null ? 'latest' : 'top', period: period ?? 'all' }}
        empty={<Empty period={period} />}
      />
    </Page>
  );
}

function Empty({ period }: { period: Period | null }) {
  const t = useT();
  return (
    <State
      doodle={period === null ? 'page' : 'heart'}
      title={period === null ? t('home.empty.title') : t('home.emptyTop.title')}
      actions={
        period === null || period === 'all' ? (
          <ButtonLink to="/write" kind="strong">
            {t('home.empty.action')}
          </ButtonLink>
        ) : (
          <ButtonLink to="/?top=all">{t('home.top.all')}</ButtonLink>
        )
      }
    >
      <p>{period === null ? t('home.empty.text') : t('home.emptyTop.text')}</p>
    </State>
  );
}

/** What this is, for who has never been here. */
function Welcome() {
  const t = useT();
  return (
    <section className={styles.welcome}>
      <div className={styles.words}>
        <h1 className={styles.title}>{t('home.welcome.title')}</h1>
        <p className={styles.text}>{t('home.welcome.text')}</p>
        <div className={styles.actions}>
          <ButtonLink to="/signup" kind="strong">
            {t('nav.signup')}
          </ButtonLink>
          <ButtonLink to="/login">{t('nav.login')}</ButtonLink>
        </div>
      </div>
      <Specimen />
    </section>
  );
}
