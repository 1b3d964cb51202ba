import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { currentUser } from '../server/viewer';
import { isLocale, isTimeZone, type Locale, LOCALE_COOKIE, negotiateLocale, TIME_ZONE_COOKIE } from './locale';
import { MESSAGES } from './messages';

/**
 * The language and time zone of a request. Language: what was chosen in this browser (cookie), else in the account, else
 * what the browser asks for. Time
 * zone: what the browser said on an earlier page (cookie), else UTC; see frame/time-zone.tsx.
 */
export default getRequestConfig(async () => {
  const store = await cookies();
  const chosen = store.get(LOCALE_COOKIE)?.value;
  const locale = isLocale(chosen) ? chosen : await usualLocale();
  const zone = store.get(TIME_ZONE_COOKIE)?.value;
  return { locale, messages: MESSAGES[locale], timeZone: isTimeZone(zone) ? zone : 'UTC', now: new Date() };
});

async function usualLocale(): Promise<Locale> {
  // A database that is away is told by the page, not by its language.
  const user = await currentUser().catch(() => null);
  if (isLocale(user?.locale)) return user.locale;
  return negotiateLocale((await headers()).get('accept-language'));
}
