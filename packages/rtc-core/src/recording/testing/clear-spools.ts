import { expect, vi } from 'vitest';
import { listOpfsSpools, removeOpfsSpool } from '../spool';

/** Deletes every spool; tried again, because what the test before closed or crashed may still be letting go of its files. */
export const clearSpools = (): Promise<void> =>
  vi.waitFor(async () => {
    for (const id of await listOpfsSpools()) await removeOpfsSpool(id);
    expect(await listOpfsSpools()).toEqual([]);
  });

/** No part of this page works on a spool any more: a closed recorder lets go some time after it was closed. */
export const noSpoolHeld = (): Promise<void> =>
  vi.waitFor(async () => {
    const { held = [] } = await navigator.locks.query();
    expect(held.map(({ name }) => name).filter((name) => name?.startsWith('parley-recording-'))).toEqual([]);
  });
