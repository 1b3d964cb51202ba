import { afterEach, expect, it, vi } from 'vitest';
import { renderHook } from 'vitest-browser-react';
import { useWakeLock } from './use-wake-lock';

afterEach(() => vi.restoreAllMocks());

const look = (): boolean => document.dispatchEvent(new Event('visibilitychange'));

it('asks again when the page is looked at, and leaves no lock behind', async () => {
  let held = 0;
  const request = vi.spyOn(navigator.wakeLock, 'request').mockImplementation(() => {
    held++;
    let released = false;
    return Promise.resolve({
      release() {
        if (!released) held--;
        released = true;
        return Promise.resolve();
      },
    } as WakeLockSentinel);
  });
  const { unmount } = await renderHook(() => useWakeLock());
  look();
  look();
  await expect.poll(() => request.mock.calls.length).toBe(3);
  await unmount();
  await expect.poll(() => held).toBe(0);
});
