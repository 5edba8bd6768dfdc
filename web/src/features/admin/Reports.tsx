import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';

import styles from './admin.module.css';
import { useAdminT } from './words';
import { Ago } from '@/components/Byline';
import { Button } from '@/components/Button';
import { More } from '@/components/More';
import { ErrorNotice, Failure, State, Waiting } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { paths } from '@/lib/paths';
import { itemsOf, paging } from '@/lib/query';
import type { components } from '@/lib/api/schema';

type Report = components['schemas']['ReportView'];

const KEY = ['admin', 'reports'] as const;

export function Reports() {
  const a = useAdminT();
  const list = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return answer(api.GET('/api/v1/admin/reports', { params: { query }, signal }));
    },
    ...paging,
  });
  const reports = itemsOf(list.data);
  if (list.isPending) return <Waiting />;
  if (list.isError && reports.length === 0) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (reports.length === 0) return <State doodle="page" title={a('reports.none')} />;
  return (
    <>
      <ul className={styles.reports}>
        {reports.map((report) => (
          <li key={report.id}>
            <OneReport report={report} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function OneReport({ report }: { report: Report }) {
  const t = useT();
  const a = useAdminT();
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: (action: 'hide' | 'dismiss') =>
      answer(api.PATCH('/api/v1/admin/reports/{report_id}', { params: { path: { report_id: report.id } }, body: { action } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const to = report.target_type === 'user' ? paths.author(report.target_id) : report.post_id ? paths.post(report.post_id) : null;
  return (
    <article className={styles.report} data-state={report.state}>
      <header>
        <strong>{a(`reports.types.${report.target_type}`)}</strong>
        <span>{a(`reports.states.${report.state}`)}</span>
        <Ago time={report.created_at} />
        {to && <Link to={to}>{a('reports.look')}</Link>}
      </header>
      <p>{report.reason}</p>
      <p className={styles.quiet}>{a('reports.by', { name: report.reporter?.name ?? a('reports.gone') })}</p>
      <blockquote>{report.text ?? a('reports.absent')}</blockquote>
      <ErrorNotice error={decide.error} />
      <div className={styles.actions}>
        {report.target_type !== 'user' && report.state !== 'hidden' && (
          <Button size="small" kind="danger" onClick={() => decide.mutate('hide')} busy={decide.isPending && t('actions.busy')}>
            {a('reports.hide')}
          </Button>
        )}
        {report.state !== 'dismissed' && (
          <Button size="small" onClick={() => decide.mutate('dismiss')} busy={decide.isPending && t('actions.busy')}>
            {report.state === 'hidden' ? a('reports.putBack') : a('reports.dismiss')}
          </Button>
        )}
      </div>
    </article>
  );
}
