'use client';

import { useSyncExternalStore } from 'react';
import * as z from 'zod/mini';

/** What this browser remembers of its owner between meetings. */
export type Preference = 'name' | 'shortcuts' | 'sounds' | 'devices';

const key = (preference: Preference): string => `parley.${preference}`;
const listeners = new Set<() => void>();

/** What the browser would not keep: remembered until the page is closed. */
const unkept = new Map<Preference, string>();

/** Null when nothing is remembered. */
export function remembered(preference: Preference): string | null {
  const here = unkept.get(preference);
  if (here !== undefined) return here;
  try {
    return localStorage.getItem(key(preference));
  } catch {
    return null;
  }
}

/** Remembers, where the browser lets us; without it everything works, and is forgotten with the page. */
export function remember(preference: Preference, value: string): void {
  if (remembered(preference) === value) return;
  try {
    localStorage.setItem(key(preference), value);
    unkept.delete(preference);
  } catch {
    unkept.set(preference, value);
  }
  for (const listener of [...listeners]) listener();
}

const deviceId = z.optional(z.string().check(z.minLength(1), z.maxLength(512)));
const devices = z.object({ camera: deviceId, microphone: deviceId, speaker: deviceId });

/** The devices chosen last; what cannot be read counts as no choice. */
export function rememberedDevices(): { camera?: string; microphone?: string; speaker?: string } {
  try {
    const { camera, microphone, speaker } = devices.parse(JSON.parse(remembered('devices') ?? '{}'));
    return { ...(camera && { camera }), ...(microphone && { microphone }), ...(speaker && { speaker }) };
  } catch {
    return {};
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A switch that is on until it is switched off. */
export function useSwitch(preference: 'shortcuts' | 'sounds'): readonly [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(
    subscribe,
    () => remembered(preference) !== 'off',
    () => true,
  );
  return [on, (next) => remember(preference, next ? 'on' : 'off')];
}
