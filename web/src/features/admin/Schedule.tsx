import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';

import styles from './admin.module.css';
import { modelKey, scheduleKey } from './keys';
import { useAdminT } from './words';
import { Button } from '@/components/Button';
import { Checkbox, TextField, useReason } from '@/components/Field';
import { ErrorNotice, Notice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { ApiError } from '@/lib/api/errors';
import { moment, weekdays } from '@/lib/dates';
import type { ModelSchedule } from '@/lib/api/types';

type Window = ModelSchedule['windows'][number];

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
// A field for times knows no 24:00.
const DAYS_END = '24:00';
const MIDNIGHT = '00:00';
const NEW: Window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' };

/** The hours of the week in which the model server is kept on. */
export function Schedule() {
  const { data, error } = useQuery({ queryKey: scheduleKey, queryFn: () => answer(api.GET('/api/v1/admin/model/schedule')) });
  if (!data) return <ErrorNotice error={error} />;
  return <Edit schedule={data} />;
}

const formOf = ({ windows, enabled, idle_minutes }: ModelSchedule) => ({ windows, enabled, idle_minutes });

function Edit({ schedule }: { schedule: ModelSchedule }) {
  const t = useT();
  const a = useAdminT();
  const language = useLanguage();
  const reasonWords = useReason();
  const client = useQueryClient();
  const [begun, setBegun] = useState(schedule);
  const [form, setForm] = useState(formOf(schedule));
  const begin = (from: ModelSchedule) => {
    setBegun(from);
    setForm(formOf(from));
  };
  // Times of one format have the order of their text.
  const isOutdated = (schedule.changed_at ?? '') > (begun.changed_at ?? '');
  const isEdited = JSON.stringify(form) !== JSON.stringify(formOf(begun));
  if (isOutdated && !isEdited) begin(schedule);
  const save = useMutation({
    mutationFn: (sent: typeof form) => answer(api.PUT('/api/v1/admin/model/schedule', { body: { ...sent, zone: schedule.zone } })),
    onSuccess: (saved, sent) => {
      setBegun(saved);
      setForm((current) => (current === sent ? formOf(saved) : current));
      client.setQueryData(scheduleKey, saved);
      // A window may have opened or closed with it.
      void client.invalidateQueries({ queryKey: modelKey });
      toast(t('settings.saved'));
    },
  });
  const fields = save.error instanceof ApiError ? Object.entries(save.error.fields) : [];
  const wrongWindow = reasonWords(fields.find(([name]) => name.startsWith('windows'))?.[1]);
  const wrongIdle = fields.find(([name]) => name === 'idle_minutes')?.[1];
  const setWindows = (windows: Window[]) => setForm({ ...form, windows });
  const change = (index: number, changes: Partial<Window>) =>
    setWindows(form.windows.map((window, at) => (at === index ? { ...window, ...changes } : window)));
  const next = schedule.open_window ?? schedule.next_window;
  return (
    <section className={styles.schedule} aria-labelledby="schedule">
      <h2 id="schedule">{a('schedule.title')}</h2>
      <p className={styles.quiet}>
        {next ? a(schedule.open_window ? 'schedule.open' : 'schedule.next', { from: moment(next.starts_at, language, schedule.zone), to: moment(next.ends_at, language, schedule.zone) }) : a('schedule.none')}
      </p>
      <Checkbox label={a('schedule.enabled', { zone: schedule.zone })} checked={form.enabled} onChange={(event) => setForm({ ...form, enabled: event.target.checked })} />
      <ul className={styles.windows}>
        {form.windows.map((window, index) => (
          <li key={index}>
            <WindowFields window={window} change={(changes) => change(index, changes)} />
            <Button size="small" kind="plain" label={a('schedule.remove')} onClick={() => setWindows(form.windows.filter((_, at) => at !== index))}>
              <X size={18} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      {wrongWindow && <Notice kind="danger">{wrongWindow}</Notice>}
      <Button size="small" onClick={() => setWindows([...form.windows, NEW])}>
        <Plus size={18} aria-hidden="true" />
        {a('schedule.add')}
      </Button>
      <TextField label={a('schedule.idle')} type="number" min={1} max={1440} value={form.idle_minutes} onChange={(event) => setForm({ ...form, idle_minutes: Number(event.target.value) })} reason={wrongIdle} />
      {fields.length === 0 && <ErrorNotice error={save.error} />}
      {isOutdated && (
        <Notice>
          <p className={styles.changed}>{a('schedule.changed')}</p>
          <Button size="small" onClick={() => begin(schedule)}>
            {a('schedule.showChanged')}
          </Button>
        </Notice>
      )}
      <Button kind="strong" onClick={() => save.mutate(form)} busy={save.isPending && t('actions.busy')}>
        {t('actions.save')}
      </Button>
    </section>
  );
}

function WindowFields({ window, change }: { window: Window; change: (changes: Partial<Window>) => void }) {
  const a = useAdminT();
  const language = useLanguage();
  const long = weekdays(language, 'long');
  const short = weekdays(language, 'narrow');
  const toggle = (day: (typeof DAYS)[number]) =>
    change({ days: window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day] });
  return (
    <fieldset className={styles.window}>
      <legend className="unseen">{a('schedule.window')}</legend>
      <div className={styles.days}>
        {DAYS.map((day, index) => (
          <button key={day} type="button" aria-label={long[index]} aria-pressed={window.days.includes(day)} onClick={() => toggle(day)}>
            {short[index]}
          </button>
        ))}
      </div>
      <TextField label={a('schedule.from')} type="time" value={window.from} onChange={(event) => change({ from: event.target.value })} />
      <TextField label={a('schedule.to')} type="time" value={window.to === DAYS_END ? MIDNIGHT : window.to} onChange={(event) => change({ to: event.target.value === MIDNIGHT ? DAYS_END : event.target.value })} />
    </fieldset>
  );
}
