import type { Locale } from './locale';

/** Days, times and amounts as a viewer reads them. Pure: the same on the server and in the browser, so nothing jumps on hydration. */
export interface Times {
  /** 14:00 */
  readonly time: (at: Date) => string;
  /** Tue 24 November, with the year when it is not this one. */
  readonly day: (at: Date) => string;
  /** Tue 24 Nov */
  readonly shortDay: (at: Date) => string;
  /** Tuesday 24 November */
  readonly longDay: (at: Date) => string;
  /** 2026-11-24 in the viewer's zone: the same for every time of one day. */
  readonly dayKey: (at: Date) => string;
  /** Whether a day is today, tomorrow or yesterday; else null. */
  readonly near: (at: Date) => 'today' | 'tomorrow' | 'yesterday' | null;
  /** 412 MB; decimal units, as disks and networks count. */
  readonly bytes: (bytes: number) => string;
}

export function createTimes(locale: Locale, timeZone: string, now: Date): Times {
  // Day before month and 24 hours also in English: the order of most who write English, and one that Chinese clocks share.
  const language = locale === 'en' ? 'en-GB' : locale;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone, hourCycle: 'h23', ...options });
  const clock = format({ hour: '2-digit', minute: '2-digit' });
  const key = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const parts = (weekday: 'short' | 'long', month: 'short' | 'long') =>
    format({ weekday, day: 'numeric', month, year: 'numeric' });
  const day = parts('short', 'long');
  const short = parts('short', 'short');
  const long = parts('long', 'long');
  const dayKey = (at: Date): string => key.format(at);
  const thisYear = dayKey(now).slice(0, 4);

  const write = (formatter: Intl.DateTimeFormat, at: Date): string => {
    const part = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
    const { weekday = '', day: date = '', month = '', year = '' } = part;
    const other = dayKey(at).slice(0, 4) !== thisYear;
    if (locale === 'zh-CN') {
      const number = /\d+/u.exec(month)?.[0] ?? month;
      return `${other ? `${year} 年 ` : ''}${number} 月 ${date} 日 ${weekday}`;
    }
    return `${weekday} ${date} ${month}${other ? ` ${year}` : ''}`;
  };

  return {
    time: (at) => clock.format(at),
    day: (at) => write(day, at),
    shortDay: (at) => write(short, at),
    longDay: (at) => write(long, at),
    dayKey,
    near(at) {
      const days = Math.round((Date.parse(dayKey(at)) - Date.parse(dayKey(now))) / 86_400_000);
      return days === 0 ? 'today' : days === 1 ? 'tomorrow' : days === -1 ? 'yesterday' : null;
    },
    bytes(bytes) {
      const units = ['B', 'kB', 'MB', 'GB', 'TB'];
      let value = bytes;
      let unit = 0;
      while (value >= 999.5 && unit < units.length - 1) {
        value /= 1_000;
        unit++;
      }
      const digits = unit >= 2 && value < 9.95 ? 1 : 0;
      return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${units[unit] ?? ''}`;
    },
  };
}

/** Running time of a film: 0:07, 47:31, 1:04:12. */
export function filmClock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

type DurationWords = (
  key: 'minutes' | 'hours' | 'wholeHours' | 'seconds',
  values: { minutes?: number | string; hours?: number; seconds?: string },
) => string;

/** 58 min, 1 h 04 min, 2 h. `t` translates `pages.time`. */
export function durationText(t: DurationWords, ms: number): string {
  const all = Math.floor(Math.max(0, ms) / 60_000);
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return t('minutes', { minutes });
  return minutes === 0 ? t('wholeHours', { hours }) : t('hours', { hours, minutes: String(minutes).padStart(2, '0') });
}

/** 14.2 s below a minute, else as `durationText`. */
export function gapText(t: DurationWords, ms: number): string {
  return ms < 60_000 ? t('seconds', { seconds: (Math.max(100, ms) / 1_000).toFixed(1) }) : durationText(t, ms);
}
