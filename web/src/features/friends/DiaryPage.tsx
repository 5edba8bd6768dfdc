import { useInfiniteQuery } from '@tanstack/react-query';
import { MessageCircle, PenLine } from 'lucide-react';
import { Link, useParams } from 'react-router';

import { DiaryActions } from './DiaryActions';
import styles from './friends.module.css';
import { EntryHeart } from './EntryHeart';
import { ButtonLink } from '@/components/Button';
import { EntryCard } from '@/components/EntryCard';
import { More } from '@/components/More';
import { Page } from '@/components/Page';
import { Failure, State, Waiting } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { friendKeys, useDiary } from '@/lib/friends';
import { paths } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';

export default function DiaryPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { data: diary, error, refetch } = useDiary(id);
  if (error && !diary) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!diary) return <Waiting />;
  return (
    <Page
      title={diary.name}
      lead={t('friends.with', { name: diary.friend.name })}
      actions={
        <>
          <ButtonLink kind="strong" to={`${paths.diary(id)}/write`}>
            <PenLine size={18} aria-hidden="true" />
            {t('nav.write')}
          </ButtonLink>
          <DiaryActions diary={diary} />
        </>
      }
    >
      <Entries diaryId={id} />
    </Page>
  );
}

function Entries({ diaryId }: { diaryId: string }) {
  const t = useT();
  const list = useInfiniteQuery({
    queryKey: friendKeys.entries(diaryId),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 12, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/diaries/{diary_id}/entries', { params: { path: { diary_id: diaryId }, query }, signal }));
    },
    ...paging,
  });
  const entries = itemsOf(list.data);
  if (list.isPending) return <Waiting />;
  if (list.isError && entries.length === 0) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (entries.length === 0) {
    return (
      <State doodle="pencil" title={t('friends.blank.title')}>
        <p>{t('friends.blank.text')}</p>
      </State>
    );
  }
  return (
    <>
      <ul className={styles.entries}>
        {entries.map((entry) => {
          const to = `${paths.diary(diaryId)}/entries/${entry.id}`;
          return (
            <li key={entry.id}>
              <EntryCard entry={entry} to={to}>
                <strong>{entry.author.name}</strong>
                <span className={styles.counts}>
                  <EntryHeart diaryId={diaryId} entry={entry} />
                  <Link to={`${to}#comments`} className={styles.comments}>
                    <MessageCircle size={20} aria-hidden="true" />
                    <span className="unseen">{t('post.commentsOf', { title: entry.title })}</span>
                    <span>{entry.comment_count}</span>
                  </Link>
                </span>
              </EntryCard>
            </li>
          );
        })}
      </ul>
      <More list={list} />
    </>
  );
}
