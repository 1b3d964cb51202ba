import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LocalMedia } from '../local-media';
import { silentLogger } from '../logger';
import { browserPlatform } from '../platform';
import type { RecorderOptions } from '../recording-port';
import { mediaKey, type RoomView } from '../room-view';
import { createStore, type Store } from '../store';
import { colourTrack } from '../testing/colour-track';
import { openRecorder } from './recorder';
import { listOpfsSpools, removeOpfsSpool } from './spool';
import { ALICE, BOB, localMedia, person, TAKE, viewOf } from './testing/room-fixture';

const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  for (const id of await listOpfsSpools()) await removeOpfsSpool(id);
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

async function seek(video: HTMLVideoElement, to: number): Promise<void> {
  const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = to;
  await seeked;
}

/** The colour of the picture at a share of its width and height. */
function colourAt(video: HTMLVideoElement, x: number, y: number): 'red' | 'green' | 'blue' | 'other' {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  context?.drawImage(video, video.videoWidth * x, video.videoHeight * y, 2, 2, 0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
  if (r > 180 && g < 90 && b < 90) return 'red';
  if (b > 180 && r < 90 && g < 90) return 'blue';
  if (g > 90 && r < 90 && b < 90) return 'green';
  return 'other';
}

/** How loud a frequency is in the file, 0..1, by Goertzel's filter over its whole length. */
async function loudness(file: Blob, frequency: number): Promise<number> {
  const context = new OfflineAudioContext(1, 48_000, 48_000);
  const samples = (await context.decodeAudioData(await file.arrayBuffer())).getChannelData(0);
  const k = 2 * Math.cos((2 * Math.PI * frequency) / 48_000);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + k * one - two, one];
  return (2 * Math.sqrt(one * one + two * two - k * one * two)) / samples.length;
}

test('records the scene and everybody’s sound to a file that seeks', async () => {
  const { recorder, saved, reaches } = setUp(withBob(viewOf([alice, bob])));
  await reaches('recording');
  const began = performance.now();
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 3_000, { timeout: 20_000 });
  await recorder.stop();
  const ran = (performance.now() - began) / 1_000;
  await reaches('done');

  expect(saved.map(({ name }) => name)).toEqual(['video.webm']);
  const file = saved[0]?.file ?? new Blob();
  const video = await load(file);
  expect([video.videoWidth, video.videoHeight]).toEqual([1280, 720]);
  expect(video.duration).toBeGreaterThan(2.5);
  expect(Math.abs(video.duration - ran)).toBeLessThan(0.6);
  for (const at of [video.duration * 0.7, 0.5]) {
    await seek(video, at);
    expect(Math.abs(video.currentTime - at)).toBeLessThan(0.2);
    expect(colourAt(video, 0.25, 0.4)).toBe('red');
    expect(colourAt(video, 0.75, 0.4)).toBe('blue');
  }
  expect(await loudness(file, 440)).toBeGreaterThan(0.1);
  expect(await loudness(file, 880)).toBeGreaterThan(0.1);
  expect(await loudness(file, 620)).toBeLessThan(0.02);
});

test('follows publications: who turns the camera off shows initials, who turns the microphone off is not heard', async () => {
  const { store, recorder, saved, reaches } = setUp(withBob(viewOf([alice, bob])));
  await reaches('recording');
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 2_000, { timeout: 20_000 });
  store.update((view) => ({
    ...viewOf([alice, person(BOB, 'Bob', 2, ['-camera', '-microphone'])]),
    arrivals: view.arrivals,
  }));
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 6_000, { timeout: 20_000 });
  await recorder.stop();
  await reaches('done');
  const file = saved[0]?.file ?? new Blob();
  const video = await load(file);
  await seek(video, 1);
  expect(colourAt(video, 0.75, 0.4)).toBe('blue');
  await seek(video, video.duration - 0.5);
  expect(colourAt(video, 0.75, 0.4)).toBe('other');
  expect(colourAt(video, 0.25, 0.4)).toBe('red');
  expect(await loudness(file, 880)).toBeLessThan(0.6 * (await loudness(file, 440)));
});

test('waits for everybody’s notice, and leaves out who has not confirmed it', async () => {
  const { store, recorder, reaches } = setUp(withBob(viewOf([alice, bob], { noticed: [ALICE] })));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(recorder.state.get().status).toBe('starting');
  store.update((view) => ({ ...viewOf([alice, bob]), arrivals: view.arrivals }));
  await reaches('recording');
});
