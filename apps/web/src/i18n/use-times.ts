'use client';

import { useLocale, useNow, useTimeZone } from 'next-intl';
import { useMemo } from 'react';
import { createTimes, type Times } from './times';

/** Times for the one who looks, in client components: the same the server wrote. */
export function useTimes(): Times {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const now = useNow();
  return useMemo(() => createTimes(locale, timeZone, now), [locale, timeZone, now]);
}
