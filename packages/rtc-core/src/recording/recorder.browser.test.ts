/// <reference types="@vitest/browser-playwright" />
import type { Gap } from '@parley/protocol/recording';
import { cdp } from 'vitest/browser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LocalMedia } from '../local-media';
import { silentLogger } from '../logger';
import { browserPlatform, type Platform } from '../platform';
import type { RecorderOptions } from '../recording-port';
import { mediaKey, type RoomView } from '../room-view';
import { createStore, type Store } from '../store';
import { colourTrack } from '../testing/colour-track';
import { NOTICE_MS } from './notice';
import { pendingUploads } from './pending-uploads';
import { openRecorder } from './recorder';
import { listOpfsSpools, recoverOpfsSpool } from './spool';
import { clearSpools, noSpoolHeld } from './testing/clear-spools';
import { type PageServer, startPageServer } from './testing/page-server';
import { colourAt, loudness, seek } from './testing/recorded-file';
import { sha256 } from './spool-core';
import { ALICE, BOB, localMedia, person, TAKE, viewOf } from './testing/room-fixture';

const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  await noSpoolHeld();
  await clearSpools();
});
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

function colour(name: string): MediaStreamTrack {
  const made = colourTrack(name);
  cleanUp.push(() => made.stop());
  return made.track;
}

function tone(frequency: number): MediaStreamTrack {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency });
  const destination = context.createMediaStreamDestination();
  oscillator.connect(new GainNode(context, { gain: 0.3 })).connect(destination);
  oscillator.start();
  cleanUp.push(() => context.close());
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error('no tone');
  return track;
}

function setUp(view: RoomView, change: Partial<RecorderOptions> = {}) {
  const store: Store<RoomView> = createStore(view);
  const saved: { file: Blob; name: string }[] = [];
  const recorder = openRecorder({
    take: TAKE,
    destination: 'device',
    view: store,
    local: localMedia({ camera: colour('#ff0000'), microphone: tone(440) }) as LocalMedia,
    saveFile: (file, name) => saved.push({ file, name }),
    platform: browserPlatform,
    logger: silentLogger,
    title: 'Weekly',
    ...change,
  });
  cleanUp.push(() => recorder.close());
  const reaches = (status: string) =>
    vi.waitUntil(() => recorder.state.get().status === status, { timeout: 20_000, interval: 20 });
  return { store, recorder, saved, reaches };
}

const alice = person(ALICE, 'Alice Adams', 1, ['camera', 'microphone']);
const bob = person(BOB, 'Bob', 2, ['camera', 'microphone']);
const withBob = (view: RoomView): RoomView => ({
  ...view,
  arrivals: new Map([
    [mediaKey(BOB, 'camera'), colour('#0000ff')],
    [mediaKey(BOB, 'microphone'), tone(880)],
  ]),
});

async function load(file: Blob): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(file);
  cleanUp.push(() => URL.revokeObjectURL(video.src));
  await new Promise((resolve, reject) => {
    video.addEventListener('loadeddata', resolve, { once: true });
    video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
  });
  return video;
}

test('records the scene and everybody’s sound to a file that seeks', async () => {
  const { recorder, saved, reaches } = setUp(withBob(viewOf([alice, bob])));
  await reaches('recording');
  const began = performance.now();
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 4_000, { timeout: 20_000 });
  const ran = (performance.now() - began) / 1_000;
  await recorder.stop();
  await reaches('done');

  expect(saved.map(({ name }) => name)).toEqual(['video.webm']);
  const file = saved[0]?.file ?? new Blob();
  const video = await load(file);
  expect([video.videoWidth, video.videoHeight]).toEqual([1280, 720]);
  // A busy encoder begins late and ends late.
  expect(Math.abs(video.duration - ran)).toBeLessThan(2);
  // Not at the very beginning: the first pictures are drawn before anybody's has come.
  for (const at of [video.duration * 0.7, 1.5]) {
    await seek(video, at);
    expect(Math.abs(video.currentTime - at)).toBeLessThan(0.2);
    expect(colourAt(video, 0.25, 0.4)).toBe('red');
    expect(colourAt(video, 0.75, 0.4)).toBe('blue');
  }
  expect(await loudness(file, 440, 1)).toBeGreaterThan(0.1);
  expect(await loudness(file, 880, 1)).toBeGreaterThan(0.1);
  // A sound that drops out for a moment is heard a little at every frequency.
  expect(await loudness(file, 620, 1)).toBeLessThan((await loudness(file, 440, 1)) / 4);
});

test('follows publications: who turns the camera off shows initials, who turns the microphone off is not heard', async () => {
  const { store, recorder, saved, reaches } = setUp(withBob(viewOf([alice, bob])));
  await reaches('recording');
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 3_000, { timeout: 20_000 });
  store.update((view) => ({
    ...viewOf([alice, person(BOB, 'Bob', 2, ['-camera', '-microphone'])]),
    arrivals: view.arrivals,
  }));
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 7_000, { timeout: 20_000 });
  await recorder.stop();
  await reaches('done');
  const file = saved[0]?.file ?? new Blob();
  const video = await load(file);
  await seek(video, 1.5);
  expect(colourAt(video, 0.75, 0.4)).toBe('blue');
  await seek(video, video.duration - 0.5);
  expect(colourAt(video, 0.75, 0.4)).toBe('other');
  expect(colourAt(video, 0.25, 0.4)).toBe('red');
  expect(await loudness(file, 880, 0.3)).toBeGreaterThan(0.1);
  expect(await loudness(file, 880, -1.1)).toBeLessThan((await loudness(file, 440, -1.1)) / 4);
  expect(await loudness(file, 440, -1.1)).toBeGreaterThan(0.1);
});

/** A clock whose notice timeout runs out when the test says so. */
function noticeTimer() {
  let expire: (() => void) | null = null;
  const platform: Platform = {
    ...browserPlatform,
    setTimeout: (callback, ms) => (ms === NOTICE_MS ? (expire = callback) : browserPlatform.setTimeout(callback, ms)),
  };
  return { platform, isWaiting: () => expire !== null, expire: () => expire?.() };
}

test('the first slice waits for everybody’s notice', async () => {
  const timer = noticeTimer();
  const view = withBob(viewOf([alice, bob], { noticed: [ALICE] }));
  const { store, recorder, reaches } = setUp(view, { platform: timer.platform });
  await vi.waitUntil(() => timer.isWaiting());
  expect(recorder.state.get().status).toBe('starting');
  store.set({ ...viewOf([alice, bob]), arrivals: view.arrivals });
  await reaches('recording');
});

test('whoever has not confirmed the notice in time is left out until they do', async () => {
  const timer = noticeTimer();
  const view = withBob(viewOf([alice, bob], { noticed: [ALICE] }));
  const { store, recorder, saved, reaches } = setUp(view, { platform: timer.platform });
  await vi.waitUntil(() => timer.isWaiting());
  timer.expire();
  await reaches('recording');
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 3_000, { timeout: 20_000 });
  const halfway = recorder.progress.get().recordedMs / 1_000;
  store.set({ ...viewOf([alice, bob]), arrivals: view.arrivals });
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= halfway * 1_000 + 3_000, { timeout: 20_000 });
  await recorder.stop();
  await reaches('done');
  const file = saved[0]?.file ?? new Blob();
  const video = await load(file);
  await seek(video, 1.5);
  // Alice alone fills the picture; then she has the left half and Bob the right one.
  expect(colourAt(video, 0.75, 0.4)).toBe('red');
  await seek(video, video.duration - 0.3);
  expect(colourAt(video, 0.75, 0.4)).toBe('blue');
  expect(await loudness(file, 880, 0.3)).toBeLessThan((await loudness(file, 440, 0.3)) / 4);
  expect(await loudness(file, 440, 0.3)).toBeGreaterThan(0.1);
  expect(await loudness(file, 880, -1.1)).toBeGreaterThan(0.1);
});

test.each(['device', 'server'] as const)(
  'stopped before anything was recorded (%s): nothing is handed over, and none is said to be saved',
  async (destination) => {
    const timer = noticeTimer();
    const { recorder, saved, reaches } = setUp(viewOf([alice], { noticed: [] }), {
      platform: timer.platform,
      ...(destination === 'server' ? toServer(serve()) : {}),
    });
    await vi.waitUntil(() => timer.isWaiting());
    const states: string[] = [];
    recorder.state.subscribe(() => states.push(recorder.state.get().status));
    await recorder.stop();
    await reaches('idle');
    expect(states).toEqual(['uploading', 'idle']);
    expect(saved).toEqual([]);
  },
);

test('an encoder that cannot be made: failed, and nothing goes on drawing or mixing', async () => {
  const { recorder, reaches } = setUp(viewOf([alice]));
  const [RealRecorder, RealWorker, RealContext] = [
    globalThis.MediaRecorder,
    globalThis.Worker,
    globalThis.AudioContext,
  ];
  let running = 0;
  const contexts: AudioContext[] = [];
  cleanUp.push(() =>
    Object.assign(globalThis, { MediaRecorder: RealRecorder, Worker: RealWorker, AudioContext: RealContext }),
  );
  globalThis.MediaRecorder = class extends RealRecorder {
    constructor(stream: MediaStream) {
      super(stream, { mimeType: 'video/none' });
    }
  };
  globalThis.Worker = class extends RealWorker {
    readonly #counts: boolean;
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.#counts = String(url).includes('tick');
      if (this.#counts) running++;
    }
    override terminate(): void {
      if (this.#counts) running--;
      super.terminate();
    }
  };
  globalThis.AudioContext = class extends RealContext {
    constructor() {
      super();
      contexts.push(this);
    }
  };
  await reaches('failed');
  expect(running).toBe(0);
  expect(contexts).toHaveLength(1);
  await vi.waitUntil(() => contexts[0]?.state === 'closed');
  await recorder.stop();
});

test('an encoder that dies: failed, and what was recorded is kept with the gap named', async () => {
  let isHandedOver = false;
  const info = (text: string): void => void (isHandedOver ||= text === 'recording handed to the person');
  const { recorder, saved, reaches } = setUp(withBob(viewOf([alice, bob])), { logger: { ...silentLogger, info } });
  let tracks: readonly MediaStreamTrack[] = [];
  let [dying, lost] = [false, 0];
  const Real = globalThis.MediaRecorder;
  cleanUp.push(() => (globalThis.MediaRecorder = Real));
  globalThis.MediaRecorder = class extends Real {
    constructor(stream: MediaStream, options?: MediaRecorderOptions) {
      super(stream, options);
      tracks = stream.getTracks();
      this.addEventListener('dataavailable', (event) => {
        if (!dying) return;
        event.stopImmediatePropagation();
        lost++;
      });
    }
  };
  await reaches('recording');
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  dying = true;
  await vi.waitUntil(() => lost > 0, { timeout: 20_000 });
  for (const track of tracks) track.stop();
  await reaches('failed');
  expect(recorder.state.get()).toMatchObject({ error: { code: 'encoder-failed' } });
  await recorder.stop();
  // Not opened before: its files are for one at a time, and the recorder still notes that it handed them over.
  await vi.waitUntil(() => isHandedOver);
  expect(saved).toHaveLength(1);
  const spool = await recoverOpfsSpool(TAKE);
  recorder.close();
  const content = spool?.content.get();
  expect(content?.deliveredAt).not.toBeNull();
  expect(content?.slices).toBeGreaterThan(0);
  expect(content?.stopped).toBe(true);
  expect(content?.gaps.at(-1)).toMatchObject({ start: content?.endMs, cause: 'encoder-failed' });
  await spool?.close();
});

const toServer = (server: PageServer): Partial<RecorderOptions> => ({ destination: 'server', upload: server.upload });

function serve(): PageServer {
  const server = startPageServer();
  cleanUp.push(() => server.close());
  return server;
}

/** What the recorder's encoder says next, in place of what it would; and how many bytes each of its slices had. */
function encoder() {
  const Real = globalThis.MediaRecorder;
  cleanUp.push(() => (globalThis.MediaRecorder = Real));
  const made: MediaRecorder[] = [];
  const given: number[] = [];
  globalThis.MediaRecorder = class extends Real {
    constructor(stream: MediaStream, options?: MediaRecorderOptions) {
      super(stream, options);
      made.push(this);
      this.addEventListener('dataavailable', ({ data }) => given.push(data.size));
    }
  };
  return { given, fail: () => made[0]?.dispatchEvent(new Event('error')) };
}

test('an encoder that fails: what it still had is kept as well', async () => {
  const server = serve();
  const { fail, given } = encoder();
  const { recorder, reaches } = setUp(viewOf([alice]), toServer(server));
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  const before = given.length;
  fail();
  await reaches('failed');
  await vi.waitUntil(() => server.complete()?.bytes === server.file().size, { timeout: 20_000 });
  expect(server.file().size).toBe(given.reduce((sum, size) => sum + size, 0));
  // What it still had reaches up to the failure. On a busy machine it may have had nothing, and then that is missing.
  const hadSome = given.slice(before).some((size) => size > 0);
  expect(server.gaps().filter(({ cause }) => cause === 'encoder-failed')).toHaveLength(hadSome ? 0 : 1);
});

test('a slice that cannot be written, for whatever reason: what is missing from there on is named', async () => {
  const server = serve();
  const { recorder, reaches } = setUp(viewOf([alice]), toServer(server));
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  const unreadable = vi
    .spyOn(Blob.prototype, 'arrayBuffer')
    .mockRejectedValue(new DOMException('gone', 'NotReadableError'));
  await reaches('failed');
  unreadable.mockRestore();
  await vi.waitUntil(() => server.complete(), { timeout: 20_000 });
  expect(server.gaps().at(-1)).toMatchObject({ start: server.slices.at(-1)?.end, cause: 'unknown' });
});

/** The gaps that a recorder under `setUp({ logger })` has named. */
function namedGaps() {
  const gaps: Gap[] = [];
  const warn = (text: string, facts?: object): void =>
    void (text === 'gap in the recording' && gaps.push(facts as Gap));
  /** Those too long to come from a busy machine. */
  const long = () => gaps.filter(({ start, end }) => end - start > 2_000);
  return { long, logger: { ...silentLogger, warn } };
}

test('a page that stood still for 3 s has recorded all the same: no gap, and nothing is missing', async () => {
  const { long, logger } = namedGaps();
  const { recorder, saved, reaches } = setUp(viewOf([alice]), { logger });
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  const until = performance.now() + 3_000;
  while (performance.now() < until);
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 7_000, { timeout: 20_000 });
  await recorder.stop();
  await reaches('done');
  expect(long()).toEqual([]);
  const file = saved[0]?.file ?? new Blob();
  expect((await load(file)).duration).toBeGreaterThan(recorder.progress.get().recordedMs / 1_000 - 2);
  for (const second of [1, 2, 3, 4]) expect(await loudness(file, 440, second)).toBeGreaterThan(0.1);
});

test('the sound taken away for longer than an encoder may be silent: it goes on after, and the gap is named', async () => {
  const RealContext = globalThis.AudioContext;
  const contexts: AudioContext[] = [];
  cleanUp.push(() => (globalThis.AudioContext = RealContext));
  const { long, logger } = namedGaps();
  const { recorder, saved, reaches } = setUp(viewOf([alice]), { logger });
  let taken = false;
  globalThis.AudioContext = class extends RealContext {
    constructor() {
      super();
      contexts.push(this);
    }
    override resume(): Promise<void> {
      return taken ? Promise.reject(new Error('A call on the phone.')) : super.resume();
    }
  };
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  taken = true;
  await contexts[0]?.suspend();
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(recorder.state.get().status).toBe('recording');
  taken = false;
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 15_000, { timeout: 20_000 });
  await recorder.stop();
  await reaches('done');
  expect(long()).toMatchObject([{ cause: 'recorder-suspended' }]);
  // The pictures of that time are there.
  expect((await load(saved[0]?.file ?? new Blob())).duration).toBeGreaterThan(10);
});

test('uploads while recording; the spool is deleted when the server has finalised', async () => {
  const server = serve();
  const { recorder, reaches } = setUp(withBob(viewOf([alice, bob])), toServer(server));
  await reaches('recording');
  await vi.waitUntil(() => recorder.progress.get().uploadedBytes > 0, { timeout: 20_000 });
  expect(server.file().size).toBeGreaterThan(0);
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 2_000, { timeout: 20_000 });
  await recorder.stop();
  expect(['uploading', 'done']).toContain(recorder.state.get().status);
  await reaches('done');

  const { recordedBytes, uploadedBytes } = recorder.progress.get();
  expect(uploadedBytes).toBe(recordedBytes);
  expect(server.file().size).toBe(recordedBytes);
  expect(server.complete()).toEqual({
    slices: server.slices.length,
    bytes: recordedBytes,
    chain: server.slices.at(-1)?.chain,
  });
  // A busy machine may truly have recorded nothing for a while.
  expect(server.gaps().filter(({ cause }) => cause !== 'recorder-suspended')).toEqual([]);
  const first = await server.file().slice(0, server.slices[0]?.bytes).bytes();
  expect(await sha256(first)).toBe(server.slices[0]?.sha256);

  expect(await listOpfsSpools()).toEqual(['track-0001']);
  server.state = 'finalised';
  await vi.waitUntil(async () => (await listOpfsSpools()).length === 0, { timeout: 20_000 });
});

test('a server that refuses in mid-take: failed, and the recording is kept for later', async () => {
  const server = serve();
  const { recorder, reaches } = setUp(withBob(viewOf([alice, bob])), {
    ...toServer(server),
    account: 'account-alice',
  });
  await vi.waitUntil(() => recorder.progress.get().uploadedBytes > 0, { timeout: 20_000 });
  server.refuseWith = 403;
  await reaches('failed');
  expect(recorder.state.get()).toMatchObject({ error: { code: 'upload-refused' } });
  const [pending] = await vi.waitUntil(
    async () => {
      const all = await pendingUploads({ account: 'account-alice' });
      return all.length > 0 && all;
    },
    { timeout: 20_000 },
  );
  expect(pending).toMatchObject({ id: 'track-0001', take: TAKE, destination: 'server', title: 'Weekly' });
  expect(await pendingUploads({ account: 'account-bob' })).toEqual([]);
});

test('a full disk: failed, and what was recorded is uploaded and the gap named', async () => {
  const server = serve();
  const { recorder, reaches } = setUp(withBob(viewOf([alice, bob])), toServer(server));
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  cleanUp.push(() => cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin }));
  await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: 1 });
  await reaches('failed');
  expect(recorder.state.get()).toMatchObject({ error: { code: 'storage-full' } });
  await vi.waitUntil(() => server.complete() !== null && server.complete()?.bytes === server.file().size, {
    timeout: 20_000,
  });
  expect(server.complete()?.slices).toBeGreaterThan(0);
  expect(server.gaps().at(-1)).toMatchObject({ start: server.slices.at(-1)?.end, cause: 'storage-full' });
});

test('a recording as large as the server takes ends there', async () => {
  const server = serve();
  const { recorder, reaches } = setUp(withBob(viewOf([alice, bob])), {
    destination: 'server',
    upload: { ...server.upload, maxBytes: 60_000 },
  });
  await reaches('failed');
  expect(recorder.state.get()).toMatchObject({ error: { code: 'size-limit' } });
  await vi.waitUntil(() => server.complete()?.bytes === server.file().size, { timeout: 20_000 });
  expect(server.complete()?.bytes).toBeLessThanOrEqual(60_000);
  // A busy machine may have named others before.
  expect(server.gaps().at(-1)).toMatchObject({ start: server.slices.at(-1)?.end, cause: 'size-limit' });
  // All that was recorded is there: nothing of it is left to be finished.
  server.state = 'finalised';
  await vi.waitUntil(async () => (await listOpfsSpools()).length === 0, { timeout: 20_000 });
});
