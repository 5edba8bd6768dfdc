import { useInfiniteQuery } from '@tanstack/react-query';
import { Lock } from 'lucide-react';
import { Link } from 'react-router';

import styles from './friends.module.css';
import { Requests } from './Requests';
import { AskFriend } from '@/components/AskFriend';
import { More } from '@/components/More';
import { Page } from '@/components/Page';
import { Failure, State, Waiting } from '@/components/States';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { diaryDate } from '@/lib/dates';
import { friendKeys } from '@/lib/friends';
import { paths } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';

/** The diaries one keeps with somebody, and who asks to. */
export default function Friends() {
  const t = useT();
  return (
    <Page title={t('friends.title')} lead={t('friends.lead')} width="reading" actions={<AskFriend />}>
      <Requests box="incoming" />
      <Diaries />
      <Requests box="outgoing" />
    </Page>
  );
}

function Diaries() {
  const t = useT();
  const language = useLanguage();
  const list = useInfiniteQuery({
    queryKey: friendKeys.diaries,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return answer(api.GET('/api/v1/diaries', { params: { query }, signal }));
    },
    ...paging,
  });
  const diaries = itemsOf(list.data);
  if (list.isPending) return <Waiting />;
  if (list.isError && diaries.length === 0) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (diaries.length === 0) {
    return (
      <State doodle="two" title={t('friends.empty.title')}>
        <p>{t('friends.empty.text')}</p>
      </State>
    );
  }
  return (
    <section className={styles.part} aria-labelledby="diaries">
      <h2 id="diaries">{t('friends.diaries')}</h2>
      <ul className={styles.diaries}>
        {diaries.map((diary) => (
          <li key={diary.id}>
            <Link to={paths.diary(diary.id)} className={styles.cover}>
              <Lock size={18} aria-hidden="true" />
              <strong>{diary.name}</strong>
              <span>{t('friends.with', { name: diary.friend.name })}</span>
              <small>{t('friends.since', { date: diaryDate(diary.since.slice(0, 10), language) })}</small>
            </Link>
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}
