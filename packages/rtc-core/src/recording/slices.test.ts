import { expect, test } from 'vitest';
import { createSliceClock, type SliceTime } from './slices';

const BEGAN = { monotonic: 10_000, wall: 1_800_000_000_000 };

interface Step {
  readonly monotonic: number;
  readonly wall: number;
  /** Else as much as a slice has. */
  readonly sound?: number;
}

/** Slices handed over after so many ms by the monotonic clock, so many by the wall clock, and so much sound. */
function times(...steps: (number | Step)[]): SliceTime[] {
  const clock = createSliceClock(BEGAN);
  const now = { ...BEGAN };
  let sound = 7_000;
  return steps.map((step) => {
    now.monotonic += typeof step === 'number' ? step : step.monotonic;
    now.wall += typeof step === 'number' ? step : step.wall;
    sound += (typeof step === 'number' ? undefined : step.sound) ?? 500;
    return clock.next({ ...now }, { runs: true, mixedMs: sound });
  });
}

test('slices follow one another without holes', () => {
  expect(times(503.2, 499.9, 555, 930)).toEqual([
    { start: 0, end: 503 },
    { start: 503, end: 1_003 },
    { start: 1_003, end: 1_558 },
    { start: 1_558, end: 2_488 },
  ]);
});

test('a pause of more than 1.5 s is a gap with beginning, end and cause', () => {
  expect(times(500, 4_000, 500)).toEqual([
    { start: 0, end: 500 },
    { start: 4_000, end: 4_500, gap: { start: 500, end: 4_000, cause: 'recorder-suspended' } },
    { start: 4_500, end: 5_000 },
  ]);
});

test('a page that was too busy to hear of its slices has recorded all the same', () => {
  expect(times(500, { monotonic: 4_000, wall: 4_000, sound: 4_010 }, 500)).toEqual([
    { start: 0, end: 500 },
    { start: 500, end: 4_500 },
    { start: 4_500, end: 5_000 },
  ]);
});

test('of a pause in which the sound went on for a while only the rest is missing', () => {
  expect(times(500, { monotonic: 9_000, wall: 9_000, sound: 2_000 }, 500)).toEqual([
    { start: 0, end: 500 },
    { start: 7_500, end: 9_500, gap: { start: 500, end: 7_500, cause: 'recorder-suspended' } },
    { start: 9_500, end: 10_000 },
  ]);
});

test('an encoder that begins slowly has left nothing out', () => {
  expect(times(2_600, 500)).toEqual([
    { start: 0, end: 2_600 },
    { start: 2_600, end: 3_100 },
  ]);
});

test('a machine that slept while its monotonic clock stood still', () => {
  expect(times(500, { monotonic: 600, wall: 3_600_600 }, 500)).toEqual([
    { start: 0, end: 500 },
    { start: 3_600_600, end: 3_601_100, gap: { start: 500, end: 3_600_600, cause: 'recorder-suspended' } },
    { start: 3_601_100, end: 3_601_600 },
  ]);
});

test('a wall clock that is set back or a little forward changes nothing', () => {
  expect(times({ monotonic: 500, wall: -3_600_000 }, { monotonic: 500, wall: 1_400 })).toEqual([
    { start: 0, end: 500 },
    { start: 500, end: 1_000 },
  ]);
});
