'use client';

import type { LocalMediaState, Readable, RoomSession, RoomView } from '@parley/rtc-core';
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';

const RoomContext = createContext<RoomSession | null>(null);

/** Gives what it holds one room session. */
export const RoomProvider = RoomContext.Provider;

/** The session of the room one is in, for commands. */
export function useSession(): RoomSession {
  const session = useContext(RoomContext);
  if (!session) throw new Error('useSession belongs inside a RoomProvider.');
  return session;
}

/**
 * What `select` makes of a value that is replaced whole. Renders again only when the selection has changed: a list is
 * the same while its members are.
 */
export function useReadable<T, S>(readable: Readable<T>, select: (value: T) => S): S {
  const snapshot = useMemo(() => selecting(readable, select), [readable, select]);
  return useSyncExternalStore(
    useCallback((listener: () => void) => readable.subscribe(listener), [readable]),
    snapshot,
    snapshot,
  );
}

/** Reads the selection; the same one as long as nothing in it has changed. */
function selecting<T, S>(readable: Readable<T>, select: (value: T) => S): () => S {
  let seen: { readonly value: T; readonly selected: S } | undefined;
  return () => {
    const value = readable.get();
    if (!seen || !Object.is(seen.value, value)) {
      const selected = select(value);
      seen = { value, selected: seen && same(seen.selected, selected) ? seen.selected : selected };
    }
    return seen.selected;
  };
}

/** A part of what this browser knows of the room. Keep `select` outside the component or memoised. */
export function useRoom<S>(select: (view: RoomView) => S): S {
  return useReadable(useSession().view, select);
}

/** A part of one's own camera, microphone and screen. Keep `select` outside the component or memoised. */
export function useLocal<S>(select: (state: LocalMediaState) => S): S {
  return useReadable(useSession().local.state, select);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}
