import type { Language } from './api/types';

const LOCALES = { ko: 'ko-KR', en: 'en-GB' } as const;
const DAY_MILLISECONDS = 86_400_000;

/** Return today's date, YYYY-MM-DD, in a time zone. */
export function today(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: known(zone), year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
}

/** Return a diary date in words: a date has no zone, and stays the same everywhere. */
export function diaryDate(date: string, language: Language, style: 'full' | 'short' = 'full'): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'full'
      ? { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }
      : { month: 'long', day: 'numeric' };
  return new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: 'UTC' }).format(asUtc(date));
}

export function monthName(month: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(asUtc(`${month}-01`));
}

export function moment(time: string, language: Language, zone: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short', timeZone: known(zone) }).format(new Date(time));
}

/** Return how long ago something was: "3분 전". */
export function ago(time: string, language: Language, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(0, 'second');
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute');
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), 'hour');
  if (size < 30 * 86_400) return format.format(Math.trunc(seconds / 86_400), 'day');
  return diaryDate(time.slice(0, 10), language);
}

/** Return a month moved by a number of months: ("2026-01", -1) is "2025-12". */
export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

/** Return the weeks of a month, Sunday first, as dates; null where a week reaches out of it. */
export function weeksOf(month: string): (string | null)[][] {
  const first = asUtc(`${month}-01`);
  const days = (asUtc(`${addMonths(month, 1)}-01`).getTime() - first.getTime()) / DAY_MILLISECONDS;
  const cells: (string | null)[] = Array.from({ length: first.getUTCDay() }, () => null);
  for (let day = 1; day <= days; day += 1) cells.push(`${month}-${String(day).padStart(2, '0')}`);
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

export function weekdays(language: Language, style: 'long' | 'narrow'): string[] {
  const format = new Intl.DateTimeFormat(LOCALES[language], { weekday: style, timeZone: 'UTC' });
  // The first of February 2026 was a Sunday.
  return Array.from({ length: 7 }, (_, day) => format.format(new Date(Date.UTC(2026, 1, 1 + day))));
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Seoul';
}

export function zones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return all.includes('UTC') ? all : ['UTC', ...all];
}

function asUtc(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** The service may know zones that this browser doesn't. */
function known(zone: string): string {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}
