import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { isLocale, isTimeZone, LOCALE_COOKIE, negotiateLocale, TIME_ZONE_COOKIE } from './locale';
import { MESSAGES } from './messages';

/**
 * The language and time zone of a request. Language: what was chosen (cookie), else what the browser asks for. Time
 * zone: what the browser said on an earlier page (cookie), else UTC; see frame/time-zone.tsx.
 */
export default getRequestConfig(async () => {
  const store = await cookies();
  const chosen = store.get(LOCALE_COOKIE)?.value;
  const locale = isLocale(chosen) ? chosen : negotiateLocale((await headers()).get('accept-language'));
  const zone = store.get(TIME_ZONE_COOKIE)?.value;
  return { locale, messages: MESSAGES[locale], timeZone: isTimeZone(zone) ? zone : 'UTC', now: new Date() };
});
