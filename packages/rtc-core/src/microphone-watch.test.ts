import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from './logger';
import { type MicrophoneNotice, watchMicrophone } from './microphone-watch';
import { browserPlatform, type Platform } from './platform';
import { fakeStream, fakeTrack } from './testing/fake-media';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An audio context in which nothing is ever heard. */
const silentContext = (): AudioContext => {
  const node = { connect() {}, disconnect() {}, fftSize: 0, getFloatTimeDomainData() {} };
  return {
    state: 'running',
    createMediaStreamSource: () => node,
    createAnalyser: () => node,
    close: () => Promise.resolve(),
  } as unknown as AudioContext;
};

const platform: Platform = { ...browserPlatform, createAudioContext: silentContext, createMediaStream: fakeStream };

test('a silent microphone is told to who comes to listen after it was noticed, five seconds later', () => {
  const watch = watchMicrophone({ platform, logger: silentLogger, muted: () => false });
  const track = fakeTrack('audio');
  watch.follow(track);
  vi.advanceTimersByTime(6_000);
  const told: MicrophoneNotice[] = [];
  watch.onNotice((notice) => told.push(notice));
  vi.advanceTimersByTime(4_000);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([{ type: 'silence', device: track.label }]);
  watch.close();
});
