/// <reference types="@vitest/browser-playwright" />
import { cdp } from 'vitest/browser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LocalMedia } from '../local-media';
import { silentLogger } from '../logger';
import { browserPlatform } from '../platform';
import { createStore } from '../store';
import { colourTrack } from '../testing/colour-track';
import type { SpoolMeta } from './journal';
import { discardPending, pendingUploads, resumeUpload, savePending } from './pending-uploads';
import { openRecorder } from './recorder';
import { createOpfsSpool, listOpfsSpools, opfsSpoolFile, recoverOpfsSpool, removeOpfsSpool, type Spool } from './spool';
import { holdSpool } from './spool-lock';
import { DATA_FILE, JOURNAL_FILE, SPOOL_FOLDER } from './spool-messages';
import { clearSpools } from './testing/clear-spools';
import { type PageServer, startPageServer } from './testing/page-server';
import { ALICE, localMedia, person, TAKE, viewOf } from './testing/room-fixture';

const cleanUp: (() => unknown)[] = [];
const workers = new Map<Worker, string>();
const RealWorker = globalThis.Worker;

beforeEach(async () => {
  await clearSpools();
  globalThis.Worker = class extends RealWorker {
    constructor(...args: ConstructorParameters<typeof RealWorker>) {
      super(...args);
      workers.set(this, String(args[0]));
    }
  };
});
afterEach(async () => {
  globalThis.Worker = RealWorker;
  for (const undo of cleanUp.splice(0)) await undo();
  crash();
});

/** Ends every worker (of that name) where it stands, as a page that dies does: nothing is closed, nothing is said. */
function crash(name = ''): void {
  for (const [worker, url] of workers) {
    if (!url.includes(name)) continue;
    worker.terminate();
    workers.delete(worker);
  }
}

const meta = (id: string, startedAt = 1_000): SpoolMeta => ({
  version: 1,
  id,
  take: `take-${id}`,
  destination: 'device',
  title: 'Weekly',
  startedAt,
  upload: null,
});

async function append(spool: Spool, slices: number): Promise<void> {
  for (let i = 0; i < slices; i++) {
    const start = spool.content.get().endMs;
    await spool.append(crypto.getRandomValues(new Uint8Array(20_000)).buffer, { start, end: start + 500 }, 2_000);
  }
}

test('a spool that was never closed is there for the next page, byte for byte', async () => {
  const spool = await createOpfsSpool(meta('track-0001'));
  await append(spool, 5);
  const bytes = await (await spool.read(0, 100_000)).bytes();
  const slices = await spool.slices(0, 10);
  // Two more are on their way when the page dies: acknowledged or not, the spool stays whole.
  void append(spool, 2).catch(() => {});
  crash();

  const again = await recoverOpfsSpool('track-0001');
  expect(again?.content.get().slices).toBeGreaterThanOrEqual(5);
  expect((await again?.slices(0, 5)) ?? []).toEqual(slices);
  expect(await (await again?.read(0, 100_000))?.bytes()).toEqual(bytes);
  await again?.close();
});

const DAY_MS = 24 * 3_600_000;

test('lists what is unfinished, oldest first, and clears away what is not', async () => {
  const spools = await Promise.all([
    createOpfsSpool(meta('track-newer', 2_000)),
    createOpfsSpool(meta('track-older', 1_000)),
    createOpfsSpool(meta('track-empty')),
    createOpfsSpool(meta('track-handed', 1_500)),
    createOpfsSpool(meta('track-weeks-ago')),
    createOpfsSpool(meta('track-alive')),
  ]);
  for (const spool of spools) if (spool.content.get().meta.id !== 'track-empty') await append(spool, 2);
  await spools[3].note({ type: 'delivered', at: Date.now() - 6 * DAY_MS });
  await spools[4].note({ type: 'delivered', at: Date.now() - 8 * DAY_MS });
  crash();
  const release = await holdSpool('track-alive');
  cleanUp.push(() => release?.());

  expect(await pendingUploads()).toEqual([
    {
      id: 'track-older',
      take: 'take-track-older',
      title: 'Weekly',
      destination: 'device',
      startedAt: 1_000,
      recordedMs: 1_000,
      bytes: 40_000,
      handed: false,
    },
    {
      id: 'track-handed',
      take: 'take-track-handed',
      title: 'Weekly',
      destination: 'device',
      startedAt: 1_500,
      recordedMs: 1_000,
      bytes: 40_000,
      handed: true,
    },
    {
      id: 'track-newer',
      take: 'take-track-newer',
      title: 'Weekly',
      destination: 'device',
      startedAt: 2_000,
      recordedMs: 1_000,
      bytes: 40_000,
      handed: false,
    },
  ]);
  expect(await listOpfsSpools()).toEqual(['track-alive', 'track-handed', 'track-newer', 'track-older']);
  const [older, handed] = await pendingUploads();
  if (older) await discardPending(older);
  if (handed) await discardPending(handed);
  expect(await listOpfsSpools()).toEqual(['track-alive', 'track-newer']);
});

/** What is pending after a page that recorded to this device has died. */
async function crashedRecording(take: string) {
  const red = colourTrack('#ff0000');
  cleanUp.push(() => red.stop());
  const recorder = openRecorder({
    take,
    destination: 'device',
    view: createStore(viewOf([person(ALICE, 'Alice', 1, ['camera'])], { take })),
    local: localMedia({ camera: red.track }) as LocalMedia,
    saveFile: () => {},
    platform: browserPlatform,
    logger: silentLogger,
    title: 'Weekly',
  });
  cleanUp.push(() => recorder.close());
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 5_000, { timeout: 20_000 });
  expect(await pendingUploads()).toEqual([]);
  const { recordedMs } = recorder.progress.get();
  crash();
  recorder.close();

  const [found] = await vi.waitUntil(
    async () => {
      const all = await pendingUploads();
      return all.length > 0 && all;
    },
    { timeout: 20_000 },
  );
  if (!found) throw new Error('Nothing is pending.');
  return { found, recordedMs };
}

test('after a crash in mid-recording the file is handed over with all that was flushed, and it seeks', async () => {
  const { found, recordedMs } = await crashedRecording(TAKE);
  expect(found.recordedMs).toBeGreaterThanOrEqual(recordedMs);
  const saved: Blob[] = [];
  await savePending(found, (file) => saved.push(file));
  const resumed = resumeUpload(found, { saveFile: (file) => saved.push(file) });
  await vi.waitUntil(() => resumed.state.get().status === 'done', { timeout: 20_000 });
  expect(saved).toHaveLength(2);

  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(saved[1] ?? new Blob());
  await new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true }));
  // What the encoder had not handed over yet is lost with the page: up to 1.6 s were seen, and a busy one has more.
  expect(video.duration).toBeGreaterThan(found.recordedMs / 1_000 - 4);
  const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = video.duration * 0.7;
  await seeked;
});

test('without room for a file that seeks the track itself is handed over', async () => {
  const { found } = await crashedRecording('take-00002');
  cleanUp.push(() => cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin }));
  await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: 1 });
  const saved: Blob[] = [];
  await savePending(found, (file) => saved.push(file));
  expect(saved.map(({ size }) => size)).toEqual([found.bytes]);
});

test('the browser killed the spool’s worker without a word: it fails, and what was flushed is pending', async () => {
  const server = startPageServer();
  cleanUp.push(() => server.close());
  const green = colourTrack('#00ff00');
  cleanUp.push(() => green.stop());
  const recorder = openRecorder({
    take: TAKE,
    destination: 'server',
    upload: server.upload,
    view: createStore(viewOf([person(ALICE, 'Alice', 1, ['camera'])])),
    local: localMedia({ camera: green.track }) as LocalMedia,
    saveFile: () => {},
    platform: browserPlatform,
    logger: silentLogger,
    title: 'Weekly',
  });
  cleanUp.push(() => recorder.close());
  await vi.waitUntil(() => recorder.progress.get().recordedMs >= 1_500, { timeout: 20_000 });
  crash('spool');
  // A disk that does not answer is given 15 s.
  await vi.waitUntil(() => recorder.state.get().status === 'failed', { timeout: 40_000 });
  expect(recorder.state.get()).toMatchObject({ error: { code: 'spool-failed' } });
  await vi.waitUntil(async () => (await pendingUploads()).length > 0, { timeout: 20_000 });
});

test('a spool whose journal cannot be read is left alone as long as there is a track in it', async () => {
  await append(await createOpfsSpool(meta('track-0001')), 2);
  crash();
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(SPOOL_FOLDER);
  const journal = await (await folder.getDirectoryHandle('track-0001')).getFileHandle(JOURNAL_FILE);
  const writing = await vi.waitUntil(() => journal.createWritable().catch(() => false as const));
  await writing.write('garbage');
  await writing.close();
  expect(await pendingUploads()).toEqual([]);
  expect((await opfsSpoolFile('track-0001', DATA_FILE))?.size).toBe(40_000);
});

/** A spool of two slices that was delivered once, to a server that answers as the test says. */
async function delivered(): Promise<PageServer> {
  const server = startPageServer();
  cleanUp.push(() => server.close());
  const spool = await createOpfsSpool({ ...meta('track-0001'), destination: 'server', upload: server.upload });
  await append(spool, 2);
  await spool.note({ type: 'stopped' });
  await spool.note({ type: 'delivered', at: 3_000 });
  crash();
  return server;
}

test.each([
  [410, []],
  [401, ['track-0001']],
  [403, ['track-0001']],
  [503, []],
])('what was delivered and is answered with %i later on is offered: %j', async (status, offered) => {
  const server = await delivered();
  server.refuseWith = status;
  expect((await pendingUploads()).map(({ id }) => id)).toEqual(offered);
  // 410: the grant has ended after the server had made the file of all of it. Anything else deletes nothing.
  expect(await listOpfsSpools()).toEqual(status === 410 ? [] : ['track-0001']);
});

test.each([
  ['failed', { slices: 2, uploadedBytes: 40_000 }, ['track-0001']],
  ['receiving', { slices: 2, uploadedBytes: 39_999 }, ['track-0001']],
  ['receiving', { slices: 1, uploadedBytes: 40_000 }, ['track-0001']],
  ['finalising', { slices: 2, uploadedBytes: 40_000 }, []],
] as const)('what was delivered and is %s there with %j is offered: %j', async (state, held, offered) => {
  const server = await delivered();
  server.state = state;
  server.held = held;
  expect((await pendingUploads()).map(({ id }) => id)).toEqual(offered);
  expect(await listOpfsSpools()).toEqual(['track-0001']);
});

test('what the server lost after it was delivered is sent again', async () => {
  const server = await delivered();
  const [found] = await pendingUploads();
  if (!found) throw new Error('Nothing is pending.');
  const resumed = resumeUpload(found, { saveFile: () => {} });
  await vi.waitUntil(() => resumed.state.get().status === 'done', { timeout: 20_000 });
  expect(server.file().size).toBe(40_000);
  expect(server.complete()).toMatchObject({ slices: 2, bytes: 40_000 });
  server.state = 'finalised';
  await vi.waitUntil(async () => (await listOpfsSpools()).length === 0, { timeout: 20_000 });
});

test('a recording that could not be taken up can be tried again', async () => {
  const found = { ...meta('track-gone'), recordedMs: 1_000, bytes: 1, handed: false };
  const resumed = resumeUpload(found, { saveFile: () => {} });
  await vi.waitUntil(() => resumed.state.get().status === 'failed');
  // Another tab has finished it, or thrown it away.
  expect(resumed.state.get()).toMatchObject({ error: { code: 'spool-taken' } });
  const release = await vi.waitUntil(() => holdSpool(found.id));
  release?.();
});

test('what another account recorded in this browser is not told, and stays', async () => {
  const [alices, olds] = [{ ...meta('track-0001'), account: 'account-alice' }, meta('track-0002')];
  for (const one of [alices, olds]) await append(await createOpfsSpool(one), 2);
  crash();
  const idsFor = async (account: string) => (await pendingUploads({ account })).map(({ id }) => id);
  expect(await idsFor('account-bob')).toEqual(['track-0002']);
  expect(await idsFor('account-alice')).toEqual(['track-0001', 'track-0002']);
});

test('a saved file stays whole while the page lives, also when it is saved again or discarded meanwhile', async () => {
  const { found } = await crashedRecording('take-00003');
  const saved: Blob[] = [];
  const save = () => savePending(found, (file) => saved.push(file));
  await save();
  const bytes = await saved[0]?.bytes();
  await save();
  // The file of the first time, not written anew.
  expect(saved[1]).toBe(saved[0]);
  const { held } = await navigator.locks.query();
  expect(held?.map(({ name }) => name)).toContain(`parley-recording-${found.id}`);
  expect((await pendingUploads()).map(({ id }) => id)).toEqual([found.id]);

  expect(await discardPending(found)).toBe(true);
  expect(await pendingUploads()).toEqual([]);
  // For who still has it in a list.
  const resumed = resumeUpload(found, { saveFile: () => {} });
  await expect.poll(() => resumed.state.get()).toMatchObject({ status: 'failed', error: { code: 'spool-taken' } });
  for (const file of saved) expect(await file.bytes()).toEqual(bytes);
});

test('of what could not be saved the page lets go', async () => {
  await append(await createOpfsSpool(meta('track-0005')), 2);
  crash();
  const [found] = await pendingUploads();
  if (!found) throw new Error('Nothing is pending.');
  await removeOpfsSpool(found.id);
  await expect(savePending(found, () => {})).rejects.toThrow();
  const held = async () => (await navigator.locks.query()).held?.map(({ name }) => name);
  await expect.poll(held).not.toContain(`parley-recording-${found.id}`);
});

test('what is saved can be taken up in the same page; when it has arrived it is gone for the person', async () => {
  const server = startPageServer();
  cleanUp.push(() => server.close());
  await append(await createOpfsSpool({ ...meta('track-0003'), destination: 'server', upload: server.upload }), 2);
  crash();
  const [found] = await pendingUploads();
  if (!found) throw new Error('Nothing is pending.');
  const saved: Blob[] = [];
  await savePending(found, (file) => saved.push(file));
  server.state = 'finalised';
  const resumed = resumeUpload(found, { saveFile: () => {} });
  await expect.poll(() => resumed.state.get().status).toBe('done');
  // The page lets go once it has heard that the server made the file.
  const release = await vi.waitUntil(() => holdSpool(found.id), { timeout: 20_000 });
  release?.();
  expect(await pendingUploads()).toEqual([]);
  expect((await saved[0]?.bytes())?.byteLength).toBe(40_000);
});

test('what was discarded while the browser might still copy it is deleted by the next page', async () => {
  const spool = await createOpfsSpool(meta('track-0004'));
  await append(spool, 2);
  await spool.note({ type: 'discarded' });
  crash();
  expect(await pendingUploads()).toEqual([]);
  expect(await listOpfsSpools()).toEqual([]);
});

test('two tabs cannot finish the same recording', async () => {
  await append(await createOpfsSpool(meta('track-0001')), 2);
  crash();
  const [found] = await pendingUploads();
  if (!found) throw new Error('Nothing is pending.');
  const release = await holdSpool(found.id);
  cleanUp.push(() => release?.());
  const resumed = resumeUpload(found, { saveFile: () => {} });
  await vi.waitUntil(() => resumed.state.get().status === 'failed');
  expect(resumed.state.get()).toMatchObject({ error: { code: 'spool-taken' } });
  // Nor can one of them throw away what the other is working on, and it is not said to be gone.
  expect(await discardPending(found)).toBe(false);
  expect(await listOpfsSpools()).toEqual([found.id]);
  release?.();
  expect(await vi.waitUntil(() => discardPending(found))).toBe(true);
  expect(await listOpfsSpools()).toEqual([]);
  expect(await discardPending(found)).toBe(true);
});
