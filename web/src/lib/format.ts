import { i18n, t } from '@/i18n';

// Dates and numbers as the chosen language writes them, in the account's zone.
let zone: string | undefined;
const cache = new Map<string, Intl.DateTimeFormat>();

export function setTimeZone(name: string): void {
  zone = name || undefined;
  cache.clear();
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = i18n.language + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(i18n.language, { timeZone: zone, ...options });
    cache.set(key, found);
  }
  return found;
}

type When = string | number | Date | null | undefined;
/** The contract allows a time to be absent; then it is written as nothing. */
const date = (at: When) => (at instanceof Date ? at : new Date(at ?? Number.NaN));
const write = (options: Intl.DateTimeFormatOptions, at: When) =>
  at === null || at === undefined ? '' : formatter(options).format(date(at));

export const time = (at: When) => write({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
export const dayMonth = (at: When) =>
  write({ day: 'numeric', month: 'short' }, at).replace(/ de /g, ' ').replace('.', '');
export const fullDate = (at: When) => write({ day: 'numeric', month: 'short', year: 'numeric' }, at);
export const moment = (at: When) => `${fullDate(at)} · ${time(at)}`;
export const seconds = (at: When) =>
  write({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }, at);

/** The calendar day in the account's zone, as YYYY-MM-DD. */
export function dayKey(at: When): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return at === null || at === undefined ? '' : parts.format(date(at));
}

const daysBetween = (a: string, b: string) => Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000);

/** Heading of a day in the timeline: Hoje, Ontem, 18 de novembro. */
export function dayTitle(at: When, now: When = Date.now()): string {
  const days = daysBetween(dayKey(at), dayKey(now));
  if (days === 0) return t('time.today');
  const sameYear = dayKey(at).slice(0, 4) === dayKey(now).slice(0, 4);
  const name = formatter(
    sameYear ? { day: 'numeric', month: 'long' } : { day: 'numeric', month: 'long', year: 'numeric' },
  ).format(date(at));
  return days === 1 ? t('time.yesterdayOn', { date: name }) : name;
}

/** A moment within a sentence: 18:40, ontem, 18:40, 12 nov, 18:40. */
export function since(at: When, now: When = Date.now()): string {
  const day = shortTime(at, now);
  return day === time(at) ? day : `${day}, ${time(at)}`;
}

/** Short time of a list row: 09:32, ontem, 12 nov. */
export function shortTime(at: When, now: When = Date.now()): string {
  const days = daysBetween(dayKey(at), dayKey(now));
  if (days <= 0) return time(at);
  if (days === 1) return t('time.yesterday');
  return dayKey(at).slice(0, 4) === dayKey(now).slice(0, 4)
    ? dayMonth(at)
    : write({ day: '2-digit', month: '2-digit', year: '2-digit' }, at);
}

/** How long somebody waits: agora, 7 min, 3 h, 2 d. */
export function elapsed(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return t('time.now');
  if (minutes < 60) return t('time.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('time.hours', { n: hours });
  return t('time.days', { n: Math.floor(hours / 24) });
}

export const number = (n: number) => new Intl.NumberFormat(i18n.language).format(n);

export function money(micros: number, currency: string): string {
  const value = micros / 1_000_000;
  return new Intl.NumberFormat(i18n.language, {
    style: 'currency',
    currency: currency || 'BRL',
    maximumFractionDigits: value !== 0 && Math.abs(value) < 0.1 ? 4 : 2,
    minimumFractionDigits: 2,
  }).format(value);
}

export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let i = 0;
  let n = size;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: units[i],
    unitDisplay: i === 0 ? 'long' : 'short',
    maximumFractionDigits: n < 10 && i > 0 ? 1 : 0,
  }).format(n);
}

export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}
