import styles from './settings.module.css';
import { Section } from './Section';
import { Button } from '@/components/Button';
import { SelectField, TextField } from '@/components/Field';
import { ErrorNotice } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { GENDERS, type Gender, type Language, type User } from '@/lib/api/types';
import { browserZone, today, zones } from '@/lib/dates';
import { textOf, useForm } from '@/lib/form';
import { session } from '@/lib/session/session';

export function Profile({ user }: { user: User }) {
  const t = useT();
  const form = useForm(
    (fields) =>
      answer(
        api.PATCH('/api/v1/me', {
          body: {
            name: textOf(fields, 'name'),
            birth_date: textOf(fields, 'birth_date'),
            gender: textOf(fields, 'gender') as Gender,
            language: textOf(fields, 'language') as Language,
            timezone: textOf(fields, 'timezone'),
          },
        }),
      ),
    (changed) => {
      session.update(changed);
      toast(t('settings.saved'));
    },
  );
  return (
    <Section title={t('settings.profile')}>
      <form {...form.props} className={styles.form}>
        <TextField label={t('auth.name')} name="name" maxLength={40} defaultValue={user.name} reason={form.reason('name')} />
        <div className={styles.pair}>
          <TextField label={t('auth.birthDate')} name="birth_date" type="date" max={today(browserZone())} defaultValue={user.birth_date} reason={form.reason('birth_date')} />
          <SelectField label={t('auth.gender')} name="gender" defaultValue={user.gender} reason={form.reason('gender')}>
            {GENDERS.map((gender) => (
              <option key={gender} value={gender}>
                {t(`gender.${gender}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('settings.language')} name="language" defaultValue={user.language} reason={form.reason('language')}>
            <option value="ko" lang="ko">
              한국어
            </option>
            <option value="en" lang="en">
              English
            </option>
          </SelectField>
          <SelectField label={t('settings.timezone')} hint={t('settings.timezoneHint')} name="timezone" defaultValue={user.timezone} reason={form.reason('timezone')}>
            {withOwn(zones(), user.timezone).map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </SelectField>
        </div>
        <ErrorNotice error={form.error} />
        <Button type="submit" kind="strong" busy={form.isPending && t('actions.busy')}>
          {t('actions.save')}
        </Button>
      </form>
    </Section>
  );
}

function withOwn(all: string[], own: string): string[] {
  return all.includes(own) ? all : [own, ...all];
}
