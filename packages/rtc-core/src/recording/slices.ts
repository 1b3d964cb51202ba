import { type Gap, SLICE_MS } from '@parley/protocol/recording';

/** Longest time between two slices that is still one recording, ms. Slices were seen at most 555 ms apart in a call. */
export const LONGEST_PAUSE_MS = 1_500;

/** The same moment by two clocks, ms. */
export interface Moment {
  /** performance.now(): never steps, but stands still on some systems while the machine sleeps. */
  readonly monotonic: number;
  /** Date.now(): steps, but knows of sleep. */
  readonly wall: number;
}

/** How the recording's sound was when a slice was handed over. */
export interface Sound {
  /** False while the browser keeps it from us. */
  readonly runs: boolean;
  /** How much of it there has been so far, ms. */
  readonly mixedMs: number;
}

export interface SliceTime {
  /** ms since the track began. */
  readonly start: number;
  readonly end: number;
  /** What is missing before this slice. */
  readonly gap?: Gap;
}

/**
 * Tells when each slice began and ended, and names the stretches in which the recorder did not run. A page that was busy
 * hears late of its slices while sound and encoder went on: only what the sound lacks of a pause is missing.
 */
export interface SliceClock {
  /** A slice was handed over at `now`. */
  next(now: Moment, sound: Sound): SliceTime;
  /** ms since the track began. */
  elapsed(now: Moment): number;
}

/** @param began when MediaRecorder started. */
export function createSliceClock(began: Moment): SliceClock {
  let last = began;
  let lastEnd = 0;
  let lastMixedMs = 0;
  // Time slept through that the monotonic clock has not counted.
  const slept = (now: Moment): number => {
    const missed = now.wall - last.wall - (now.monotonic - last.monotonic);
    return missed > LONGEST_PAUSE_MS ? missed : 0;
  };
  const elapsed = (now: Moment): number => Math.round(lastEnd + (now.monotonic - last.monotonic) + slept(now));
  return {
    elapsed,
    next(now, { mixedMs }) {
      const end = elapsed(now);
      const previous = lastEnd;
      const isFirst = last === began;
      const start = Math.max(previous, end - Math.max(SLICE_MS, Math.round(mixedMs - lastMixedMs)));
      last = now;
      lastEnd = end;
      lastMixedMs = mixedMs;
      // An encoder may take its time to begin; nothing was recorded before that could be interrupted.
      if (isFirst || start - previous <= LONGEST_PAUSE_MS - SLICE_MS) return { start: previous, end };
      return { start, end, gap: { start: previous, end: start, cause: 'recorder-suspended' } };
    },
  };
}
