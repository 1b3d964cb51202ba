import { expect, test } from 'vitest';
import { browserPlatform, type Platform } from '../platform';
import { createBackoff, pause, verdictOf } from './retry';

/** Timers that run out at once; the waits asked for are kept. */
function instant(): { platform: Platform; waits: number[] } {
  const waits: number[] = [];
  const setTimeout = (callback: () => void, ms: number): void => {
    waits.push(ms);
    queueMicrotask(callback);
  };
  return { waits, platform: { ...browserPlatform, setTimeout, clearTimeout: () => {} } };
}
/** Timers that never run out. */
const endless: Platform = { ...browserPlatform, setTimeout: () => 0, clearTimeout: () => {} };
const { signal } = new AbortController();

test('waits longer each time, up to 15 s, and short again after a success', async () => {
  const { platform, waits } = instant();
  const backoff = createBackoff(platform);
  for (let i = 0; i < 8; i++) await backoff.wait(signal);
  const whole = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
  waits.forEach((ms, i) => {
    expect(ms).toBeLessThanOrEqual(whole[i] ?? 0);
    expect(ms).toBeGreaterThanOrEqual((whole[i] ?? 0) / 2);
  });
  backoff.reset();
  await backoff.wait(signal);
  expect(waits.at(-1)).toBeLessThanOrEqual(500);
});

test('waits no longer when the network is back', async () => {
  const waiting = pause(60_000, { platform: endless, signal });
  window.dispatchEvent(new Event('online'));
  await waiting;
});

test('ends when it is aborted, before or meanwhile', async () => {
  const closing = new AbortController();
  const waiting = pause(60_000, { platform: endless, signal: closing.signal });
  closing.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
  await expect(pause(1, { platform: endless, signal: closing.signal })).rejects.toThrow('closed');
});

test.each([
  [400, 'refused'],
  [401, 'refused'],
  [403, 'refused'],
  [413, 'refused'],
  [415, 'refused'],
  [408, 'again'],
  [409, 'again'],
  [423, 'again'],
  [429, 'again'],
  [500, 'again'],
  [502, 'again'],
])('%i means %s', (status, verdict) => {
  expect(verdictOf(status)).toBe(verdict);
});
