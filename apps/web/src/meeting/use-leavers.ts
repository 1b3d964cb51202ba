'use client';

import { useEffect, useState } from 'react';

/** A leaver fades this long before the rest moves, ms. */
const FADE_MS = 150;

/**
 * Keeps keys that have gone in their place until they have faded.
 * @returns all keys to lay out, and which of them are going
 */
export function useLeavers<K extends string>(
  present: readonly K[],
): { readonly shown: readonly K[]; readonly leaving: ReadonlySet<K> } {
  const [held, setHeld] = useState<readonly K[]>(present);
  const shown = merge(held, present);
  if (!equal(held, shown)) setHeld(shown);
  const going = shown.filter((key) => !present.includes(key));
  const goingKey = going.join(' ');
  useEffect(() => {
    if (goingKey === '') return;
    const gone = new Set(goingKey.split(' '));
    const timer = setTimeout(() => setHeld((now) => now.filter((key) => !gone.has(key))), FADE_MS);
    return () => clearTimeout(timer);
  }, [goingKey]);
  return { shown, leaving: new Set(going) };
}

/** The present keys in their order, with the held ones that are gone where they were. */
function merge<K>(held: readonly K[], present: readonly K[]): readonly K[] {
  const merged = [...present];
  held.forEach((key, index) => {
    if (!merged.includes(key)) merged.splice(Math.min(index, merged.length), 0, key);
  });
  return merged;
}

const equal = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
