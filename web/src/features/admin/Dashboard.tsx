import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';

import styles from './admin.module.css';
import { Table } from './Table';
import { useAdminT } from './words';
import { TextField } from '@/components/Field';
import { Failure, Waiting } from '@/components/States';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { GENDERS } from '@/lib/api/types';
import { today } from '@/lib/dates';

// ApexCharts is large: it comes when somebody looks at charts.
const Chart = lazy(() => import('./Chart'));

export function Dashboard() {
  return (
    <div className={styles.dashboard}>
      <Numbers />
      <Access />
      <Genders />
      <Ages />
    </div>
  );
}

function Numbers() {
  const a = useAdminT();
  const language = useLanguage();
  const { data, error, refetch } = useQuery({ queryKey: ['admin', 'overview'], queryFn: () => answer(api.GET('/api/v1/admin/stats/overview')) });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const format = new Intl.NumberFormat(language);
  return (
    <dl className={styles.numbers}>
      {(['users', 'posts', 'pictures'] as const).map((name) => (
        <div key={name}>
          <dt>{a(`dashboard.${name}`)}</dt>
          <dd>{format.format(data[name])}</dd>
        </div>
      ))}
    </dl>
  );
}

function Access() {
  const a = useAdminT();
  const now = today('Asia/Seoul').slice(0, 7);
  const [month, setMonth] = useState(now);
  const { data, error, refetch } = useQuery({
    queryKey: ['admin', 'access', month],
    queryFn: () => answer(api.GET('/api/v1/admin/stats/access', { params: { query: { month } } })),
    placeholderData: (before) => before,
  });
  return (
    <section className={styles.chart} aria-labelledby="access">
      <div className={styles.chartHead}>
        <h2 id="access">{a('dashboard.access')}</h2>
        <TextField
          label={a('dashboard.month')}
          type="month"
          value={month}
          max={now}
          onChange={(event) => /^2\d{3}-\d\d$/.test(event.target.value) && setMonth(event.target.value)}
        />
      </div>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <Charted
          title={a('dashboard.access')}
          head={a('dashboard.hour')}
          series={[{ name: a('dashboard.people'), data: data.hours }]}
          categories={data.hours.map((_, hour) => String(hour))}
        />
      )}
    </section>
  );
}

function Genders() {
  const t = useT();
  const a = useAdminT();
  const { data, error, refetch } = useQuery({ queryKey: ['admin', 'gender'], queryFn: () => answer(api.GET('/api/v1/admin/stats/gender')) });
  return (
    <section className={styles.chart} aria-labelledby="genders">
      <h2 id="genders">{a('dashboard.genders')}</h2>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <Charted
          title={a('dashboard.genders')}
          head={t('auth.gender')}
          kind="donut"
          series={[{ name: a('dashboard.people'), data: GENDERS.map((gender) => data[gender]) }]}
          categories={GENDERS.map((gender) => t(`gender.${gender}`))}
        />
      )}
    </section>
  );
}

function Ages() {
  const t = useT();
  const a = useAdminT();
  const { data, error, refetch } = useQuery({ queryKey: ['admin', 'ages'], queryFn: () => answer(api.GET('/api/v1/admin/stats/age-gender')) });
  return (
    <section className={styles.chart} aria-labelledby="ages">
      <h2 id="ages">{a('dashboard.ages')}</h2>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <Charted
          title={a('dashboard.ages')}
          head={a('dashboard.band')}
          stacked
          series={GENDERS.map((gender) => ({ name: t(`gender.${gender}`), data: data.bands.map((band) => band[gender]) }))}
          categories={data.bands.map(({ band }) => (band.endsWith('+') ? band : a('dashboard.bandName', { band: band.replace('s', '') })))}
        />
      )}
    </section>
  );
}

interface ChartedProps {
  title: string;
  /** What the categories are. */
  head: string;
  kind?: 'bar' | 'donut';
  stacked?: boolean;
  series: { name: string; data: number[] }[];
  categories: string[];
}

/** The chart, and below it its numbers: a picture of numbers alone is exact for nobody. */
function Charted(props: ChartedProps) {
  const a = useAdminT();
  const { title, head, series, categories } = props;
  return (
    <>
      <Suspense fallback={<Waiting />}>
        <Chart {...props} />
      </Suspense>
      <details>
        <summary>{a('dashboard.numbers')}</summary>
        <Table title={title}>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {categories.map((category, index) => (
              <tr key={category}>
                <th scope="row">{category}</th>
                {series.map(({ name, data }) => (
                  <td key={name}>{data[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </>
  );
}
