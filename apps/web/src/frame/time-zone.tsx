'use client';

import { useRouter } from 'next/navigation';
import { useTimeZone } from 'next-intl';
import { useEffect } from 'react';
import { TIME_ZONE_COOKIE } from '../i18n/locale';

const YEAR_S = 365 * 24 * 3_600;

/**
 * Tells the server the time zone of this browser, once and after a journey; with `refresh` the page is then written again
 * in it. Until somebody has been here once the server writes UTC, and pages that show times come after one that does not:
 * signing in.
 */
export function TimeZone({ refresh }: { refresh: boolean }) {
  const router = useRouter();
  const written = useTimeZone();
  useEffect(() => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!here || here === written) return;
    const secure = window.location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `${TIME_ZONE_COOKIE}=${encodeURIComponent(here)}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
    if (refresh) router.refresh();
  }, [router, written, refresh]);
  return null;
}
