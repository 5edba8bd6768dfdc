import { useId, type ReactNode } from 'react';

import styles from './editor.module.css';
import { KeptMark } from './KeptMark';
import { PicturePanel } from './PicturePanel';
import { TagInput } from './TagInput';
import { Choices } from '@/components/Choices';
import { useReason } from '@/components/Field';
import { MoodStamp, useStampNames, WeatherStamp } from '@/components/Stamps';
import { useT } from '@/i18n/i18n';
import { MOODS, WEATHERS } from '@/lib/api/types';
import { today } from '@/lib/dates';
import type { DraftKeeper } from '@/lib/useDraft';
import type { Draft } from '@/lib/drafts';

interface EntryEditorProps {
  keeper: DraftKeeper;
  draft: Draft;
  zone: string;
  /** The API's reason why a field does not fit. */
  reason: (name: string) => string | undefined;
  /** What is there besides the entry: who may read it. */
  options?: ReactNode;
  actions: ReactNode;
}

const TITLE = 100;
const TEXT = 5000;

/** Where entries are written: the paper, and beside it (below it, on a phone) the picture. */
export function EntryEditor({ keeper, draft, zone, reason, options, actions }: EntryEditorProps) {
  const t = useT();
  const id = useId();
  const words = useReason();
  const { change } = keeper;
  const error = (name: string) => {
    const why = words(reason(name));
    return why && <p id={`${id}-${name}`} className={styles.error}>{why}</p>;
  };
  const aria = (name: string) => (reason(name) ? { 'aria-invalid': true, 'aria-describedby': `${id}-${name}` } : {});
  return (
    <div className={styles.editor}>
      <section className={`paper ${styles.sheet ?? ''}`} aria-label={t('write.entry')}>
        <Strip draft={draft} change={change} zone={zone} reason={words(reason('diary_date'))} />
        <input
          className={styles.title}
          name="title"
          aria-label={t('entry.title')}
          placeholder={t('entry.title')}
          maxLength={TITLE}
          value={draft.title}
          onChange={(event) => change({ title: event.target.value })}
          {...aria('title')}
        />
        {error('title')}
        <textarea
          className={styles.text}
          name="text"
          aria-label={t('entry.text')}
          placeholder={t('write.placeholder')}
          maxLength={TEXT}
          rows={8}
          value={draft.text}
          onChange={(event) => change({ text: event.target.value })}
          {...aria('text')}
        />
        {error('text')}
        <div className={styles.below}>
          <KeptMark kept={keeper.kept} />
          <span>{t('write.characters', { count: Array.from(draft.text).length, most: TEXT })}</span>
        </div>
        <TagInput tags={draft.tags} onChange={(tags) => change({ tags })} reason={reason('tags')} />
        {options}
        <div className={styles.actions}>{actions}</div>
      </section>
      <PicturePanel draft={draft} change={change} reason={reason('picture_id')} />
    </div>
  );
}

interface StripProps {
  draft: Draft;
  change: DraftKeeper['change'];
  zone: string;
  reason: string | undefined;
}

function Strip({ draft, change, zone, reason }: StripProps) {
  const t = useT();
  const names = useStampNames();
  return (
    <div className={styles.strip}>
      <label className={styles.date}>
        <span>{t('entry.date')}</span>
        <input
          type="date"
          name="diary_date"
          value={draft.diaryDate}
          max={today(zone)}
          required
          onChange={(event) => event.target.value !== '' && change({ diaryDate: event.target.value })}
        />
      </label>
      {reason && <p className={styles.error}>{reason}</p>}
      <div className={styles.stamps}>
        <span aria-hidden="true">{t('entry.weather')}</span>
        <Choices
          label={t('entry.weather')}
          look="stamps"
          chosen={draft.weather}
          onChoose={(weather) => change({ weather })}
          options={WEATHERS.map((weather) => ({ id: weather, label: names.weather(weather), content: <WeatherStamp weather={weather} /> }))}
        />
      </div>
      <div className={styles.stamps}>
        <span aria-hidden="true">{t('entry.mood')}</span>
        <Choices
          label={t('entry.mood')}
          look="stamps"
          chosen={draft.mood}
          onChoose={(mood) => change({ mood })}
          options={MOODS.map((mood) => ({ id: mood, label: names.mood(mood), content: <MoodStamp mood={mood} /> }))}
        />
      </div>
    </div>
  );
}
