'use client';

import { useCallback, useSyncExternalStore } from 'react';

/** Whether a media query matches; false while the server renders. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(query).matches,
    () => false,
  );
}

/** At this width everything folds into five keys and sheets; the same line as the `phone:` variant. */
export const usePhone = (): boolean => useMediaQuery('(width < 641px)');

/** Below this the bar has no room for title and status: they get a strip above the stage. */
export const useNarrow = (): boolean => useMediaQuery('(width < 1120px)');
