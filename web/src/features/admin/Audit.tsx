import { useInfiniteQuery } from '@tanstack/react-query';

import { Table } from './Table';
import { useAdminT } from './words';
import { More } from '@/components/More';
import { Failure, State, Waiting } from '@/components/States';
import { useLanguage } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { moment } from '@/lib/dates';
import { itemsOf, paging } from '@/lib/query';

/** What administrators did, newest first. Nobody can change it. */
export function Audit() {
  const a = useAdminT();
  const language = useLanguage();
  const list = useInfiniteQuery({
    queryKey: ['admin', 'audit'],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/admin/audit', { params: { query }, signal }));
    },
    ...paging,
  });
  const entries = itemsOf(list.data);
  if (list.isPending) return <Waiting />;
  if (list.isError && entries.length === 0) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (entries.length === 0) return <State doodle="page" title={a('audit.none')} />;
  return (
    <>
      <Table title={a('audit.title')}>
        <thead>
          <tr>
            <th scope="col">{a('audit.when')}</th>
            <th scope="col">{a('audit.who')}</th>
            <th scope="col">{a('audit.what')}</th>
            <th scope="col">{a('audit.change')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>{moment(entry.at, language, 'Asia/Seoul')}</td>
              <td>{entry.actor.name ?? entry.actor.id}</td>
              <td>{a(`audit.actions.${entry.action}`)}</td>
              <td>
                <code>{changeOf(entry.before, entry.after)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <More list={list} />
    </>
  );
}

function changeOf(before: Record<string, string>, after: Record<string, string>): string {
  return Object.keys({ ...before, ...after })
    .map((name) => `${name}: ${before[name] ?? '–'} → ${after[name] ?? '–'}`)
    .join(', ');
}
