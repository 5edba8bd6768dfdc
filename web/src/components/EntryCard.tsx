import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { CrayonFrame } from './CrayonFrame';
import styles from './entry.module.css';
import { WrittenText } from './Manuscript';
import { Print } from './Print';
import { Sensitive } from './Sensitive';
import { MoodStamp, useStampNames, WeatherStamp } from './Stamps';
import { useLanguage, useT } from '@/i18n/i18n';
import { diaryDate } from '@/lib/dates';
import type { Mood, PostPicture, Weather } from '@/lib/api/types';

export interface Entry {
  title: string;
  text: string;
  diary_date: string;
  weather: Weather | null;
  mood: Mood | null;
  picture: PostPicture | null;
  sensitive?: boolean;
}

interface EntryCardProps {
  entry: Entry;
  /** Where the whole entry is; the card is then its beginning. */
  to?: string;
  heading?: 'h1' | 'h2' | 'h3';
  children?: ReactNode;
}

const BEGINNING_ROWS = 3;

/** An entry as it looks everywhere: date and weather, the picture, the text on its paper. */
export function EntryCard({ entry, to, heading: Heading = 'h2', children }: EntryCardProps) {
  const t = useT();
  const alt = t('picture.alt', { title: entry.title });
  const picture = entry.picture && (
    <CrayonFrame tint={entry.picture.dominant_color}>
      <Sensitive hidden={entry.sensitive === true && entry.picture.status === 'ready'}>
        <Print picture={entry.picture} alt={alt} eager={to === undefined} />
      </Sensitive>
    </CrayonFrame>
  );
  const isLink = to !== undefined && entry.sensitive !== true;
  return (
    <article className={`paper ${styles.card ?? ''}`}>
      <EntryStrip date={entry.diary_date} weather={entry.weather} mood={entry.mood} />
      {picture && isLink && (
        // The title leads there too: once is enough for keyboards and screen readers.
        <Link to={to} className={styles.picture} tabIndex={-1} aria-hidden="true">
          {picture}
        </Link>
      )}
      {picture && !isLink && <div className={styles.picture}>{picture}</div>}
      <div className={styles.body}>
        <Heading className={styles.title}>{to ? <Link to={to}>{entry.title}</Link> : entry.title}</Heading>
        <WrittenText text={entry.text} {...(to ? { rows: entry.picture ? BEGINNING_ROWS : BEGINNING_ROWS * 2 } : {})} />
      </div>
      {children && <div className={styles.foot}>{children}</div>}
    </article>
  );
}

export function EntryStrip({ date, weather, mood }: { date: string; weather: Weather | null; mood: Mood | null }) {
  const t = useT();
  const language = useLanguage();
  const names = useStampNames();
  return (
    <div className={styles.strip}>
      <time dateTime={date}>{diaryDate(date, language)}</time>
      <span className={styles.stamps}>
        {weather && (
          <span className={styles.stamped}>
            <span>{t('entry.weather')}</span>
            <WeatherStamp weather={weather} label={names.weather(weather)} />
          </span>
        )}
        {mood && (
          <span className={styles.stamped}>
            <span>{t('entry.mood')}</span>
            <MoodStamp mood={mood} label={names.mood(mood)} />
          </span>
        )}
      </span>
    </div>
  );
}
