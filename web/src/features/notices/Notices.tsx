import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Brush, Heart, MessageCircle, TriangleAlert, Users } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';

import styles from './notices.module.css';
import { Ago } from '@/components/Byline';
import { More } from '@/components/More';
import { Page } from '@/components/Page';
import { Failure, State, Waiting } from '@/components/States';
import { useT, type Translate } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { noticeKeys } from '@/lib/notices';
import { paths } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';
import type { Notification } from '@/lib/api/types';

const PAGE = 30;

export default function Notices() {
  const t = useT();
  const list = useInfiniteQuery({
    queryKey: [...noticeKeys.all, 'list'],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/notifications', { params: { query }, signal }));
    },
    ...paging,
  });
  const notices = itemsOf(list.data);
  useMarkRead(notices);
  return (
    <Page title={t('notices.title')} width="reading">
      {list.isPending && <Waiting />}
      {list.isError && notices.length === 0 && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && notices.length === 0 && (
        <State doodle="bell" title={t('notices.empty.title')}>
          <p>{t('notices.empty.text')}</p>
        </State>
      )}
      <ul className={styles.list}>
        {notices.map((notice) => (
          <li key={notice.id}>
            <Line notice={notice} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </Page>
  );
}

/** What was shown is read; what came meanwhile is not. The dots stay until one comes again. */
function useMarkRead(notices: Notification[]): void {
  const client = useQueryClient();
  const marked = useRef('');
  const newest = notices[0];
  useEffect(() => {
    if (!newest || newest.read || marked.current === newest.id) return;
    marked.current = newest.id;
    void answer(api.POST('/api/v1/notifications/read', { body: { up_to: newest.id } }))
      .then((page) => client.setQueryData(noticeKeys.unread, page.unread))
      .catch(() => undefined);
  }, [newest, client]);
}

const ICONS: Record<string, typeof Heart> = {
  liked: Heart,
  entry_liked: Heart,
  entry_commented: MessageCircle,
  commented: MessageCircle,
  picture_ready: Brush,
  picture_failed: TriangleAlert,
};

function Line({ notice }: { notice: Notification }) {
  const t = useT();
  const Icon = ICONS[notice.kind] ?? Users;
  return (
    <Link to={placeOf(notice)} className={styles.notice} data-read={notice.read} data-kind={notice.kind}>
      <Icon size={20} aria-hidden="true" />
      <span>{wordsOf(notice, t)}</span>
      {!notice.read && <span className="unseen">{t('notices.unread')}</span>}
      <Ago time={notice.created_at} />
    </Link>
  );
}

const KINDS = new Set([
  'liked', 'commented', 'picture_ready', 'picture_failed', 'friend_requested', 'friend_accepted', 'entry_written', 'entry_liked', 'entry_commented',
]);

function wordsOf(notice: Notification, t: Translate): string {
  const name = notice.actor?.name ?? t('notices.somebody');
  const kind = KINDS.has(notice.kind) ? notice.kind : 'other';
  return t(`notices.kinds.${kind}` as 'notices.kinds.other', { name });
}

function placeOf({ kind, targets }: Notification): string {
  const { post_id, picture_id, diary_id, entry_id } = targets;
  if (diary_id && entry_id) return `${paths.diary(diary_id)}/entries/${entry_id}`;
  if (diary_id) return paths.diary(diary_id);
  if (post_id) return kind === 'commented' ? `${paths.post(post_id)}#comments` : paths.post(post_id);
  if (picture_id) return paths.picture(picture_id);
  return '/friends';
}
