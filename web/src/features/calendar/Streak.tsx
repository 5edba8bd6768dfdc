import { useQuery } from '@tanstack/react-query';

import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';

/** A run of days, said gently: nobody is scolded for a gap. */
export function Streak() {
  const t = useT();
  const { data } = useQuery({ queryKey: ['posts', 'streak'], queryFn: () => answer(api.GET('/api/v1/me/streak')) });
  if (!data) return <span>{t('calendar.lead')}</span>;
  if (data.current === 0) return <span>{data.longest > 1 ? t('calendar.longest', { count: data.longest }) : t('calendar.lead')}</span>;
  return <span>{data.wrote_today ? t('calendar.streak', { count: data.current }) : t('calendar.streakOpen', { count: data.current })}</span>;
}
