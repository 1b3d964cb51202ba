import { expect, test } from 'vitest';
import { levelOf } from './audio-level';
import { createVoiceWatch } from './voice-watch';

type Look = readonly [ms: number, rms: number, muted: boolean];

/** Looks ten times a second through stretches of sound; gives what was noticed and when. */
function watch(...stretches: readonly Look[]): (readonly [at: number, notice: string])[] {
  const voice = createVoiceWatch();
  const noticed: (readonly [number, string])[] = [];
  let at = 0;
  for (const [ms, rms, muted] of stretches)
    for (const end = at + ms; at < end; at += 100) {
      const notice = voice.see(at, { rms, peak: rms }, muted);
      if (notice) noticed.push([at, notice]);
    }
  return noticed;
}

test('five seconds of digital silence are told once, and again after sound', () => {
  expect(watch([20_000, 0, false])).toEqual([[5_000, 'silence']]);
  expect(watch([6_000, 0, false], [100, 0.1, false], [6_000, 0, false])).toEqual([
    [5_000, 'silence'],
    [11_100, 'silence'],
  ]);
});

test('a quiet room is not digital silence, and a muted microphone may be silent', () => {
  expect(watch([20_000, 0.0001, false])).toEqual([]);
  expect(watch([20_000, 0, true])).toEqual([]);
  expect(watch([3_000, 0, false], [1_000, 0, true], [3_000, 0, false])).toEqual([]);
});

test('speech while muted is told soon, and not too often', () => {
  expect(watch([30_000, 0.1, true]).map(([at]) => at)).toEqual([400, 15_400]);
});

test('a cough is not speech, and neither is speech while unmuted', () => {
  expect(watch([300, 0.3, true], [2_000, 0.001, true], [300, 0.3, true], [5_000, 0, true])).toEqual([]);
  expect(watch([10_000, 0.1, false], [100, 0.1, true], [5_000, 0, true])).toEqual([]);
});

test('the level is a scale for ears: from silence to a raised voice', () => {
  expect([0, 0.0001, 0.001, 1, 2].map(levelOf)).toEqual([0, 0, 0, 1, 1]);
  expect(levelOf(0.05)).toBeGreaterThan(0.6);
  expect(levelOf(0.01)).toBeLessThan(levelOf(0.02));
});
