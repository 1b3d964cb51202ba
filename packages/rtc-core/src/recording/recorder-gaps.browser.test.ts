import type { Gap } from '@parley/protocol/recording';
import { afterEach, expect, test, vi } from 'vitest';
import type { LocalMedia } from '../local-media';
import { silentLogger } from '../logger';
import { browserPlatform } from '../platform';
import { createStore } from '../store';
import { openRecorder } from './recorder';
import { removeOpfsSpool } from './spool';
import { ALICE, localMedia, person, TAKE, viewOf } from './testing/room-fixture';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** An encoder that hands over a slice when the test says so. */
function encoder(): { handOver(): void } {
  const Real = globalThis.MediaRecorder;
  cleanUp.push(() => (globalThis.MediaRecorder = Real));
  const made = new EventTarget();
  globalThis.MediaRecorder = Object.assign(
    function () {
      return Object.assign(made, { state: 'recording', start() {}, stop() {} });
    },
    { isTypeSupported: () => true },
  ) as unknown as typeof MediaRecorder;
  return {
    handOver: () => made.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob(['slice']) })),
  };
}

/** The mix's sound, which the browser takes away and gives back when the test says so. */
function sound(): { take(): Promise<unknown>; giveBack(): Promise<unknown> } {
  const Real = globalThis.AudioContext;
  cleanUp.push(() => (globalThis.AudioContext = Real));
  const contexts: AudioContext[] = [];
  let taken = false;
  globalThis.AudioContext = class extends Real {
    constructor() {
      super();
      contexts.push(this);
    }
    override resume(): Promise<void> {
      return taken ? Promise.reject(new Error('A call on the phone.')) : super.resume();
    }
  };
  return {
    take() {
      taken = true;
      return Promise.all(contexts.map((context) => context.suspend()));
    },
    giveBack() {
      taken = false;
      return Promise.all(contexts.map((context) => context.resume()));
    },
  };
}

const passes = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('sound taken away while the encoder still had a slice: what is lost is named once, from the first silence on', async () => {
  const slices = encoder();
  const audio = sound();
  const gaps: Gap[] = [];
  const recorder = openRecorder({
    take: TAKE,
    destination: 'device',
    view: createStore(viewOf([person(ALICE, 'Alice', 1)])),
    local: localMedia({}) as LocalMedia,
    saveFile: () => {},
    platform: browserPlatform,
    logger: {
      ...silentLogger,
      warn: (text, facts) => void (text === 'gap in the recording' && gaps.push(facts as Gap)),
    },
    title: 'Weekly',
  });
  cleanUp.push(async () => {
    recorder.close();
    const isGone = () =>
      removeOpfsSpool(TAKE).then(
        () => true,
        () => false,
      );
    await vi.waitUntil(isGone, { timeout: 20_000 });
  });
  const written = async (): Promise<number> => {
    const before = recorder.progress.get().recordedMs;
    slices.handOver();
    await expect.poll(() => recorder.progress.get().recordedMs).toBeGreaterThan(before);
    return recorder.progress.get().recordedMs;
  };

  await expect.poll(() => recorder.state.get().status).toBe('recording');
  await passes(500);
  const silent = await written();
  await audio.take();
  await passes(500);
  await written();
  await passes(2_500);
  await audio.giveBack();
  await written();
  // A busy machine may name what is lost in two, but nothing of it twice.
  expect(gaps[0]?.start).toBe(silent);
  for (const [n, gap] of gaps.entries()) expect(gap.start).toBeGreaterThanOrEqual(gaps[n - 1]?.end ?? 0);
  expect((gaps.at(-1)?.end ?? 0) - silent).toBeGreaterThan(2_000);
});
