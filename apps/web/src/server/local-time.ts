import { Temporal } from 'temporal-polyfill';

/** The database's driver reads a year of more digits back as no date, and the pages that show it break. */
const LAST_YEAR = 9_999;

/** Whether this server knows `name` as an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    // Offsets such as "+02:00" are zones to Temporal, but know nothing of summer time.
    return !/^[+-]/u.test(name);
  } catch {
    return false;
  }
}

/**
 * The moment that a clock on the wall of `timeZone` shows `local` (`YYYY-MM-DDTHH:mm`, as `<input type="datetime-local">` gives it).
 * A time that the clock skips in spring is taken as the same distance after the change; of one that comes twice in autumn, the
 * first (RFC 5545, 3.3.5). Null when it is no date and time, or later than the year 9999 there or in UTC.
 */
export function momentOf(local: string, timeZone: string): Date | null {
  try {
    const wall = Temporal.PlainDateTime.from(local, { overflow: 'reject' });
    const moment = new Date(wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds);
    return Math.max(wall.year, moment.getUTCFullYear()) > LAST_YEAR ? null : moment;
  } catch {
    return null;
  }
}

/** What the clock on the wall of `timeZone` shows at `moment`: `YYYY-MM-DDTHH:mm`, for a form that edits it. */
export function wallClock(moment: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
}
