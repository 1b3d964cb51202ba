import { getLocale, getNow, getTimeZone } from 'next-intl/server';
import { cache } from 'react';
import { createTimes, type Times } from './times';

/** Times for the one who asks, in server components. */
export const viewerTimes = cache(async (): Promise<Times> => {
  const [locale, timeZone, now] = await Promise.all([getLocale(), getTimeZone(), getNow()]);
  return createTimes(locale, timeZone, now);
});
