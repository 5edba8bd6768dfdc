import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';

import { Section } from './Section';
import styles from './settings.module.css';
import { Button } from '@/components/Button';
import { More } from '@/components/More';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { blockUser, unblockUser } from '@/lib/blocks';
import { paging } from '@/lib/query';
import type { Author } from '@/lib/api/types';

export function Blocks() {
  const t = useT();
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: ['blocks'],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return answer(api.GET('/api/v1/me/blocks', { params: { query }, signal }));
    },
    ...paging,
  });
  const unblock = useMutation({
    mutationFn: (user: Author) => unblockUser(user.id),
    onSuccess: async (_, user) => {
      await client.invalidateQueries();
      const undo = () => void blockUser(user.id).then(() => client.invalidateQueries());
      toast(t('block.undone', { name: user.name }), { text: t('actions.undo'), act: undo });
    },
  });
  const people = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t('block.list')} lead={t('block.listLead')}>
      {list.isSuccess && people.length === 0 && <p>{t('block.none')}</p>}
      <ErrorNotice error={list.error ?? unblock.error} />
      <ul className={styles.people}>
        {people.map(({ user }) => (
          <li key={user.id}>
            {user.name}
            <Button size="small" onClick={() => unblock.mutate(user)} disabled={unblock.isPending}>
              {t('block.undo')}
            </Button>
          </li>
        ))}
      </ul>
      <More list={list} />
    </Section>
  );
}
