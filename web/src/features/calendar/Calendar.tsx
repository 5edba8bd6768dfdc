import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { CSSProperties } from 'react';
import { Link, useSearchParams } from 'react-router';

import styles from './calendar.module.css';
import { OnThisDay } from './OnThisDay';
import { Streak } from './Streak';
import { ButtonLink } from '@/components/Button';
import { Page } from '@/components/Page';
import { Failure, Waiting } from '@/components/States';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { addMonths, diaryDate, monthName, today, weekdays, weeksOf } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';
import type { components } from '@/lib/api/schema';

type Day = components['schemas']['CalendarDayView'];

const MONTH = /^(19|2\d)\d\d-(0[1-9]|1[0-2])$/;

/** One's own days, each in the colour of its picture. */
export default function Calendar() {
  const t = useT();
  const language = useLanguage();
  const [search] = useSearchParams();
  const { user } = useSession();
  const now = today(user?.timezone ?? 'Asia/Seoul');
  const asked = search.get('month') ?? '';
  const month = MONTH.test(asked) ? asked : now.slice(0, 7);
  const { data, error, refetch } = useQuery({
    queryKey: ['posts', 'calendar', month],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/me/calendar', { params: { query: { month } }, signal })),
  });
  const days = new Map(data?.days.map((day) => [day.date, day]));
  return (
    <Page title={t('calendar.title')} lead={<Streak />}>
      <div className={styles.layout}>
        <section className={`paper ${styles.sheet ?? ''}`} aria-labelledby="month">
          <div className={styles.head}>
            <ButtonLink kind="plain" label={t('calendar.before')} to={`/calendar?month=${addMonths(month, -1)}`}>
              <ChevronLeft aria-hidden="true" />
            </ButtonLink>
            <h2 id="month" aria-live="polite">
              {monthName(month, language)}
            </h2>
            <ButtonLink kind="plain" label={t('calendar.after')} to={`/calendar?month=${addMonths(month, 1)}`} aria-disabled={month >= now.slice(0, 7)}>
              <ChevronRight aria-hidden="true" />
            </ButtonLink>
          </div>
          {error && !data ? <Failure error={error} retry={() => void refetch()} /> : <Month month={month} days={days} now={now} />}
          {!data && !error && <Waiting />}
          {data?.days.length === 0 && <p className={styles.none}>{t('calendar.none')}</p>}
        </section>
        <OnThisDay />
      </div>
    </Page>
  );
}

function Month({ month, days, now }: { month: string; days: Map<string, Day>; now: string }) {
  const language = useLanguage();
  const short = weekdays(language, 'narrow');
  return (
    <table className={styles.month}>
      <thead>
        <tr>
          {weekdays(language, 'long').map((name, index) => (
            <th key={name} scope="col" abbr={name}>
              <span aria-hidden="true">{short[index]}</span>
              <span className="unseen">{name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week, index) => (
          <tr key={index}>
            {week.map((date, column) => (
              <td key={date ?? column} data-today={date === now}>
                {date && <DayCell date={date} day={days.get(date)} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell({ date, day }: { date: string; day: Day | undefined }) {
  const t = useT();
  const language = useLanguage();
  const number = Number(date.slice(8));
  const [first] = day?.entry_ids ?? [];
  if (!day || first === undefined) return <span className={styles.day}>{number}</span>;
  const style = { '--colour': day.dominant_color ?? 'var(--crayon-yellow)' } as CSSProperties;
  return (
    <Link to={paths.post(first)} className={`${styles.day ?? ''} ${styles.written ?? ''}`} style={style}>
      <span className="unseen">{t('calendar.day', { date: diaryDate(date, language), count: day.count })}</span>
      {day.thumbnail_url && <img src={day.thumbnail_url} alt="" loading="lazy" />}
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      {day.count > 1 && <small aria-hidden="true">{day.count}</small>}
    </Link>
  );
}
