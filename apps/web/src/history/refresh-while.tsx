'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { refreshIfUp } from './refresh-if-up';

const EVERY_MS = 3_000;

/** Asks for the page again every 3 s while something on it is on its way; not in a hidden tab, not while offline. */
export function RefreshWhile({ active }: { active: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!active) return;
    const gone = new AbortController();
    let asking = false;
    const timer = setInterval(() => {
      if (asking || document.visibilityState !== 'visible' || !navigator.onLine) return;
      asking = true;
      void refreshIfUp(router, gone.signal).then(() => (asking = false));
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      gone.abort();
    };
  }, [active, router]);
  return null;
}
