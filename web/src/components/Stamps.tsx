import type { ReactNode } from 'react';

import styles from './stamps.module.css';
import { useT } from '@/i18n/i18n';
import { classes } from '@/lib/classes';
import type { Mood, Weather } from '@/lib/api/types';

const CLOUD = 'M10 22.5c-6 .3-7.2-7.6-1.4-8.4C9 7.4 18.6 5.9 20.6 11.6c5.6-2.3 9.8 5.2 5.2 9.2-1 1-2.6 1.5-4.3 1.6-3.8.3-7.7.2-11.5.1z';
const FACE = 'M16 4.3c8-.3 12 5 11.7 11.9-.2 7.2-5 11.7-12 11.5C8.4 27.5 4 23 4.3 15.8 4.6 9 9 4.6 16 4.3z';

const WEATHER: Record<Weather, ReactNode> = {
  sunny: (
    <g className={styles.orange}>
      <path className={styles.fill} d="M16 9.8c4.2-.2 6.4 2.7 6.2 6.3-.2 3.7-2.5 6.2-6.2 6.1-3.8 0-6.3-2.5-6.2-6.2.1-3.6 2.3-6 6.2-6.2z" />
      <path d="M16 2.5l.2 4M16 25.7l-.2 3.9M2.6 16l3.9.2M25.6 15.9l3.9-.2M6.5 6.7l2.9 2.8M22.7 22.6l2.8 2.8M25.4 6.5l-2.8 2.9M9.3 22.7l-2.8 2.7" />
    </g>
  ),
  cloudy: (
    <g className={styles.grey}>
      <path className={styles.fill} d={CLOUD} />
    </g>
  ),
  rainy: (
    <g className={styles.blue}>
      <path className={styles.fill} d="M10 18.5c-6 .3-7.2-7.6-1.4-8.4C9 3.4 18.6 1.9 20.6 7.6c5.6-2.3 9.8 5.2 5.2 9.2-1 1-2.6 1.5-4.3 1.6-3.8.3-7.7.2-11.5.1z" />
      <path d="M9.5 22.5l-1.7 4M16 22.5l-1.8 6M22.5 22.3l-1.6 4" />
    </g>
  ),
  snowy: (
    <g className={styles.blue}>
      <path d="M16 3l.1 26M4.7 9.6l22.6 13M27.2 9.4L4.8 22.7M12.8 5l3.2 3 3.3-3M12.8 27.2l3.2-3 3.2 3M5 13.8l4-1-1-4.2M27 18.3l-4 1 1.1 4.1M23.9 8.7l-1 4 4.2 1.1M8.1 23.4l1-4-4.2-1.2" />
    </g>
  ),
  windy: (
    <g className={styles.green}>
      <path d="M3 12.2c6 .4 12 .2 17.5 0 5.2-.4 4.6-7.3.2-7-2.3.1-3.2 1.7-2.9 3.2M3 17.3c8 .4 15 .2 22 .3 5.3.3 4.8 7.2.6 6.9-2-.2-3-1.5-2.7-3M3 22.3c4 .3 8 .1 11.5.3 3.8.3 3.5 5.6.4 5.4-1.6-.1-2.2-1.2-2-2.3" />
    </g>
  ),
  stormy: (
    <g className={styles.violet}>
      <path className={styles.fill} d="M10 17.5c-6 .3-7.2-7.6-1.4-8.4C9 2.4 18.6.9 20.6 6.6c5.6-2.3 9.8 5.2 5.2 9.2-1 1-2.6 1.5-4.3 1.6-3.8.3-7.7.2-11.5.1z" />
      <path className={styles.bolt} d="M16.5 13.5l-4.3 7.3 4.2-.1-2.6 8.3 7.4-10.5-4.3.1 3-5z" />
    </g>
  ),
  foggy: (
    <g className={styles.grey}>
      <path d="M4 9.5c4-1.6 7 1.5 11 .2 4-1.4 8-1.3 13 .1M4 15.6c5 1.5 8-1.3 12-.1 4 1.3 8 1.3 12-.2M4 21.7c4-1.5 8 1.4 12 .1 4-1.2 8-1.3 12 .2M9 27c4-.9 9-.8 14 0M9 4.6c5 .9 9 .7 14 0" />
    </g>
  ),
};

const eyes = <path d="M11.3 12.6l.1 1.6M20.6 12.5l.1 1.6" />;

const MOOD: Record<Mood, [tone: string, features: ReactNode]> = {
  happy: ['yellow', <>{eyes}<path d="M10.3 18.7c2.7 5.3 8.8 5.2 11.4 0" /></>],
  excited: ['orange', <><path d="M9.3 13.6c.7-2 3-2 3.7 0M19 13.6c.7-2 3-2 3.7 0" /><path className={styles.mouth} d="M10.3 18c3.7.6 7.6.6 11.4 0-.4 7.3-10.9 7.3-11.4 0z" /></>],
  grateful: ['red', <><path d="M9.4 13.2c1 1.5 2.7 1.5 3.7 0M18.9 13.2c1 1.5 2.7 1.5 3.7 0M11.7 19c2.3 2.8 6.3 2.8 8.6 0" /><path className={styles.cheek} d="M8 17.3l.1.1M24 17.3l.1.1" /></>],
  calm: ['green', <><path d="M9.4 13.8c1.1 1 2.6 1 3.7 0M18.9 13.8c1.1 1 2.6 1 3.7 0M12 20c2.6 1.2 5.4 1.2 8 0" /></>],
  tired: ['grey', <><path d="M9.3 13.7l3.9.1M18.8 13.8l3.9-.1M14.2 21c.4-2 3.3-2 3.7 0-.3 1.9-3.3 1.9-3.7 0M24.5 4l3.3.1-3.3 4 3.5.1" /></>],
  sad: ['blue', <>{eyes}<path d="M11.2 22c2.4-3.7 7.2-3.7 9.6 0M22.3 16.8c-1.7 2.5-.8 3.7.2 3.7s1.7-1.2-.2-3.7z" /></>],
  anxious: ['violet', <>{eyes}<path d="M10.5 21c1.2-1.7 2-1.7 3.2 0s2 1.7 3.2 0 2-1.7 3.2 0M9.3 10.3l3.3-1M22.7 10.3l-3.3-1" /></>],
  angry: ['red', <><path d="M8.9 10.6l4 2M23.1 10.6l-4 2M11.3 14.1l.1 1.4M20.6 14.1l.1 1.4M11.5 21.7c2.5-2.4 6.5-2.4 9 0" /></>],
};

interface StampProps {
  className?: string;
  /** Said aloud; without it the stamp is decoration beside its name. */
  label?: string;
}

function Stamp({ label, className, children }: StampProps & { children: ReactNode }) {
  const about = label === undefined ? { 'aria-hidden': true as const } : { role: 'img', 'aria-label': label };
  return (
    <svg {...about} className={classes(styles.stamp, className)} viewBox="0 0 32 32" fill="none" strokeWidth="2.1" strokeLinecap="round" strokeLinejoin="round">
      {children}
    </svg>
  );
}

export function WeatherStamp({ weather, ...rest }: { weather: Weather } & StampProps) {
  return <Stamp {...rest}>{WEATHER[weather]}</Stamp>;
}

export function MoodStamp({ mood, ...rest }: { mood: Mood } & StampProps) {
  const [tone, features] = MOOD[mood];
  return (
    <Stamp {...rest}>
      <g className={styles[tone]}>
        <path className={styles.fill} d={FACE} />
        <g className={styles.features}>{features}</g>
      </g>
    </Stamp>
  );
}

export function useStampNames() {
  const t = useT();
  return {
    weather: (weather: Weather) => t(`weather.${weather}`),
    mood: (mood: Mood) => t(`mood.${mood}`),
  };
}
