import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import styles from './admin.module.css';
import { modelKey, scheduleKey } from './keys';
import { Schedule } from './Schedule';
import { useAdminT } from './words';
import { Choices } from '@/components/Choices';
import { ErrorNotice, Failure, Notice, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { moment } from '@/lib/dates';
import { useSession } from '@/lib/session/useSession';
import { wait } from '@/lib/waits';
import type { ModelServer } from '@/lib/api/types';

const MODES = ['off', 'auto', 'on'] as const;
const LOOK_MILLISECONDS = 3000;

/** The switch of the model server, with what it does and costs beside it. */
export function Model() {
  const a = useAdminT();
  const language = useLanguage();
  const { user } = useSession();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: modelKey,
    queryFn: ({ signal }) => answer(api.GET('/api/v1/admin/model', { signal })),
    refetchInterval: LOOK_MILLISECONDS,
  });
  const set = useMutation({
    mutationFn: (mode: ModelServer['mode']) => answer(api.PUT('/api/v1/admin/model', { body: { mode } })),
    onSuccess: (server) => {
      client.setQueryData(modelKey, server);
      // Off while a window is open closes that window.
      void client.invalidateQueries({ queryKey: scheduleKey });
      toast(a(`model.switched.${server.mode}`));
    },
  });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <div className={styles.dashboard}>
      <section className={styles.switch} aria-labelledby="mode">
        <h2 id="mode">{a('model.mode')}</h2>
        <Choices
          label={a('model.mode')}
          needed
          chosen={set.isPending ? set.variables : data.mode}
          onChoose={(mode) => mode && mode !== data.mode && set.mutate(mode)}
          options={MODES.map((mode) => ({ id: mode, label: a(`model.modes.${mode}`) }))}
        />
        <p className={styles.quiet}>{a(`model.means.${data.mode}`)}</p>
        {data.window && data.mode !== 'on' && data.effective_mode === 'on' && (
          <Notice>{a('model.keptOn', { until: moment(data.window.ends_at, language, user?.timezone ?? '') })}</Notice>
        )}
        <ErrorNotice error={set.error} />
      </section>
      <State server={data} />
      <Schedule />
    </div>
  );
}

function State({ server }: { server: ModelServer }) {
  const t = useT();
  const a = useAdminT();
  const language = useLanguage();
  const { cost } = server;
  const money = new Intl.NumberFormat(language, { style: 'currency', currency: cost.currency });
  const facts: [string, string, ('burning' | 'failed')?][] = [
    [a('model.state'), a(`model.states.${server.state}`), server.state === 'failed' ? 'failed' : undefined],
    [a('model.instances'), String(server.instances)],
    [a('model.queue'), String(server.queue_length)],
    [a('model.oldest'), server.queue_length === 0 ? '–' : wait(server.oldest_wait_seconds, t)],
    [a('model.eta'), server.eta_seconds == null ? a('model.unknown') : wait(server.eta_seconds, t)],
    [a('model.burning'), a('model.perHour', { money: money.format(cost.usd_per_hour) }), cost.usd_per_hour > 0 ? 'burning' : undefined],
    [a('model.idle'), a('model.perHour', { money: money.format(cost.idle_usd_per_hour) })],
    [a('model.month'), money.format(cost.month_usd)],
    ...(cost.unobserved_usd > 0 ? [[a('model.unobserved'), a('model.atMost', { money: money.format(cost.unobserved_usd) })] as [string, string]] : []),
    [a('model.lastMonth'), money.format(cost.last_month_usd)],
    [a('model.instance'), `${cost.instance_type} · ${a('model.perHour', { money: money.format(cost.instance_usd_per_hour) })}`],
  ];
  return (
    <dl className={styles.numbers} aria-live="polite">
      {facts.map(([name, value, mark]) => (
        <div key={name} data-mark={mark}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
