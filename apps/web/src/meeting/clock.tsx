'use client';

import { useLocale } from 'next-intl';
import { useEffect, useMemo, useState } from 'react';

/** Formats a time of day, ms since the epoch, as this browser's clock shows it. */
export function useTimeOfDay(): (at: number) => string {
  const locale = useLocale();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    return (at) => format.format(at);
  }, [locale]);
}

/** Renders again every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The time of day. */
export function Clock({ className }: { className?: string }) {
  const time = useTimeOfDay();
  return <time className={className}>{time(useNow())}</time>;
}

/** How long something has run: 00:04, 12:41, 1:02:03. */
export function runningTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}
