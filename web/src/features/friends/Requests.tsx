import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import styles from './friends.module.css';
import { Ago } from '@/components/Byline';
import { Button } from '@/components/Button';
import { More } from '@/components/More';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { friendKeys, useRequests } from '@/lib/friends';
import { paths } from '@/lib/paths';
import { itemsOf } from '@/lib/query';
import type { FriendRequest } from '@/lib/api/types';

/** Who asks oneself, or whom one asked and what is not answered yet. */
export function Requests({ box }: { box: 'incoming' | 'outgoing' }) {
  const t = useT();
  const list = useRequests(box);
  const requests = itemsOf(list.data).filter(({ status }) => status === 'pending');
  if (requests.length === 0 && !list.isError) return null;
  return (
    <section className={styles.part} aria-labelledby={box}>
      <h2 id={box}>{t(`friends.${box}`, { count: requests.length })}</h2>
      <ErrorNotice error={list.error} />
      <ul className={styles.requests}>
        {requests.map((request) => (
          <li key={request.id} className={styles.request}>
            <p>
              <strong>{request.diary_name}</strong>
              <span>{box === 'incoming' ? request.asker.name : (request.user?.name ?? request.email)}</span>
              <Ago time={request.created_at} />
            </p>
            {box === 'incoming' ? <Answer request={request} /> : <TakeBack request={request} />}
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}

function Answer({ request }: { request: FriendRequest }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const params = { path: { request_id: request.id } };
  const again = () => client.invalidateQueries({ queryKey: friendKeys.all });
  const accept = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/friend-requests/{request_id}/accept', { params })),
    onSuccess: async ({ diary }) => {
      await again();
      await navigate(paths.diary(diary.id));
      toast(t('friends.accepted', { name: diary.friend.name }));
    },
  });
  const decline = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/friend-requests/{request_id}/decline', { params })),
    onSuccess: again,
  });
  return (
    <div className={styles.row}>
      <ErrorNotice error={accept.error ?? decline.error} />
      <Button size="small" kind="strong" onClick={() => accept.mutate()} busy={accept.isPending && t('actions.busy')}>
        {t('friends.accept')}
      </Button>
      <Button size="small" onClick={() => decline.mutate()} busy={decline.isPending && t('actions.busy')}>
        {t('friends.decline')}
      </Button>
    </div>
  );
}

function TakeBack({ request }: { request: FriendRequest }) {
  const t = useT();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/friend-requests/{request_id}', { params: { path: { request_id: request.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: friendKeys.all }),
  });
  return (
    <div className={styles.row}>
      <ErrorNotice error={cancel.error} />
      <Button size="small" onClick={() => cancel.mutate()} busy={cancel.isPending && t('actions.busy')}>
        {t('friends.takeBack')}
      </Button>
    </div>
  );
}
