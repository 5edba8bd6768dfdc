import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import styles from './admin.module.css';
import { Table } from './Table';
import { useAdminT } from './words';
import { Button } from '@/components/Button';
import { Confirm } from '@/components/Dialog';
import { TextField } from '@/components/Field';
import { More } from '@/components/More';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { useCalm } from '@/lib/calm';
import { moment } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';
import type { components } from '@/lib/api/schema';

type AdminUser = components['schemas']['AdminUserView'];

const KEY = ['admin', 'users'] as const;

export function Users() {
  const t = useT();
  const a = useAdminT();
  const [text, setText] = useState('');
  const q = useCalm(text.trim(), 300);
  const list = useInfiniteQuery({
    queryKey: [...KEY, q],
    queryFn: ({ pageParam, signal }) => {
      const query = { q, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/admin/users', { params: { query }, signal }));
    },
    ...paging,
  });
  const users = itemsOf(list.data);
  return (
    <section>
      <TextField label={a('users.find')} hint={a('users.findHint')} type="search" maxLength={254} value={text} onChange={(event) => setText(event.target.value)} />
      {list.isPending && <Waiting />}
      {list.isError && users.length === 0 && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && users.length === 0 && <p className={styles.quiet}>{a('users.none')}</p>}
      {users.length > 0 && (
        <Table title={a('users.title')}>
          <thead>
            <tr>
              <th scope="col">{t('auth.name')}</th>
              <th scope="col">{t('auth.email')}</th>
              <th scope="col">{a('users.since')}</th>
              <th scope="col">{a('users.state')}</th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <Row key={user.id} user={user} />
            ))}
          </tbody>
        </Table>
      )}
      <More list={list} />
    </section>
  );
}

function Row({ user }: { user: AdminUser }) {
  const t = useT();
  const a = useAdminT();
  const language = useLanguage();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const change = useMutation({
    mutationFn: (suspended: boolean) =>
      answer(api.PATCH('/api/v1/admin/users/{user_id}', { params: { path: { user_id: user.id } }, body: { suspended } })),
    onSuccess: async () => {
      setAsks(false);
      await client.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <tr>
      <th scope="row">
        <Link to={paths.author(user.id)}>{user.name}</Link>
      </th>
      <td>{user.email}</td>
      <td>{moment(user.created_at, language, 'Asia/Seoul')}</td>
      <td>
        {user.role === 'admin' ? (
          a('users.admin')
        ) : user.suspended ? (
          <Button size="small" onClick={() => change.mutate(false)} busy={change.isPending && t('actions.busy')}>
            {a('users.restore')}
          </Button>
        ) : (
          <Button size="small" kind="danger" onClick={() => setAsks(true)}>
            {a('users.suspend')}
          </Button>
        )}
        <Confirm
          isOpen={asks}
          onClose={() => setAsks(false)}
          title={a('users.suspendTitle', { name: user.name })}
          text={a('users.suspendText')}
          action={a('users.suspend')}
          busy={change.isPending}
          error={<ErrorNotice error={change.error} />}
          onConfirm={() => change.mutate(true)}
        />
      </td>
    </tr>
  );
}
