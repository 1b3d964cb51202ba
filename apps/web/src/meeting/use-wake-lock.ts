'use client';

import { useEffect } from 'react';

/** Keeps the screen on while mounted, where the browser can; asks again after the page was hidden, for hiding lets it go. */
export function useWakeLock(): void {
  useEffect(() => {
    const { wakeLock } = navigator as { wakeLock?: WakeLock };
    if (!wakeLock) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      const got = await wakeLock.request('screen');
      const spare = over ? got : lock;
      if (!over) lock = got;
      await spare?.release();
    };
    // Refused on a low battery: the call goes on, only the screen may sleep.
    const tryAsk = (): void => void ask().catch(() => undefined);
    tryAsk();
    document.addEventListener('visibilitychange', tryAsk);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', tryAsk);
      void lock?.release().catch(() => undefined);
    };
  }, []);
}
