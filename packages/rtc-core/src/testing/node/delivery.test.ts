import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainText } from '@parley/protocol/recording';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger';
import { browserPlatform, type Platform } from '../../platform';
import { deliver } from '../../recording/delivery';
import type { SpoolMeta } from '../../recording/journal';
import type { Spool } from '../../recording/spool';
import { DATA_FILE } from '../../recording/spool-messages';
import { createDiskSpool, recoverDiskSpool } from './disk-spool';
import { startUploadServer, type UploadServer } from './upload-server';

const GRANT = 'a-grant-that-nobody-else-has';
// Waits are made a hundredth as long: the tests ask in which order things happen, not how long a person waits.
const platform: Platform = { ...browserPlatform, setTimeout: (callback, ms) => setTimeout(callback, ms / 100) };

let folder: string;
let server: UploadServer;
let spool: Spool;
let uploaded: string;
let written: Buffer;
const closers: (() => unknown)[] = [];

const metaFor = (target: UploadServer): SpoolMeta => ({
  version: 1,
  id: 'track-0001',
  take: 'take-0001',
  destination: 'server',
  title: 'Weekly',
  startedAt: 0,
  upload: {
    track: 'track-0001',
    grant: GRANT,
    uploadUrl: target.uploadUrl,
    manifestUrl: target.manifestUrl,
    maxBytes: 1e9,
  },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delivery-'));
  uploaded = join(folder, 'server');
  server = await startUploadServer(uploaded, GRANT);
  spool = await createDiskSpool(join(folder, 'spool'), metaFor(server));
  written = Buffer.alloc(0);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await spool.close();
  await server.kill();
  await rm(folder, { recursive: true });
});

async function record(slices: number, bytes = 40_000): Promise<void> {
  for (let i = 0; i < slices; i++) {
    const data = randomBytes(bytes);
    written = Buffer.concat([written, data]);
    const start = spool.content.get().endMs;
    await spool.append(new Uint8Array(data).buffer, { start, end: start + 500 }, Date.now());
  }
}

function send(from: Spool = spool) {
  const acknowledged: number[] = [];
  const delivery = deliver(from, { platform, logger: silentLogger, onAcknowledged: (n) => acknowledged.push(n) });
  closers.push(() => delivery.close());
  return {
    delivery,
    acknowledged,
    reaches: (bytes: number) => vi.waitUntil(() => acknowledged.at(-1) === bytes, { timeout: 20_000 }),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The server holds exactly what was recorded, and a manifest that proves it. */
async function expectWhole(): Promise<void> {
  const stored = await readFile(join(uploaded, server.uploads.at(-1) ?? ''));
  expect(sha256(stored)).toBe(sha256(written));
  let chain: string | null = null;
  let offset = 0;
  for (const slice of server.slices) {
    const bytes = stored.subarray(offset, offset + slice.bytes);
    expect(slice.sha256).toBe(sha256(bytes));
    chain = sha256(new TextEncoder().encode(chainText(chain, slice)));
    expect(slice.chain).toBe(chain);
    offset += slice.bytes;
  }
  expect(offset).toBe(stored.length);
  expect(server.complete()).toEqual({ slices: server.slices.length, bytes: stored.length, chain });
}

test('uploads while recording, and what is recorded after', async () => {
  const { delivery, reaches } = send();
  await record(3);
  await reaches(written.length);
  await record(2);
  await reaches(written.length);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  await expectWhole();
  expect(server.uploads).toHaveLength(1);
});

test('sends what was recorded before in requests of at most 512 KiB', async () => {
  await record(40);
  await spool.note({ type: 'stopped' });
  await send().delivery.delivered;
  await expectWhole();
  expect(server.log.filter((line) => line === 'PATCH 204')).toHaveLength(4);
});

test('deletes the spool when the server has finalised, and not before', async () => {
  await record(2);
  await spool.note({ type: 'stopped' });
  const { delivery } = send();
  await delivery.delivered;
  expect(existsSync(join(folder, 'spool'))).toBe(true);
  expect(spool.content.get().deliveredAt).not.toBeNull();
  server.state = 'finalised';
  await delivery.finalised;
  expect(existsSync(join(folder, 'spool'))).toBe(false);
});

test('keeps the spool when the server fails to finalise', async () => {
  await record(2);
  await spool.note({ type: 'stopped' });
  server.state = 'failed';
  const { delivery } = send();
  await expect(delivery.finalised).rejects.toMatchObject({ code: 'upload-refused' });
  expect(existsSync(join(folder, 'spool'))).toBe(true);
});

test('keeps the spool when the server loses the upload before it has finalised', async () => {
  await record(2);
  await spool.note({ type: 'stopped' });
  const { delivery } = send();
  await delivery.delivered;
  await rm(join(uploaded, server.uploads.at(-1) ?? ''));
  await expect(delivery.finalised).rejects.toMatchObject({ code: 'upload-refused' });
  expect(existsSync(join(folder, 'spool'))).toBe(true);
});

test('a later visit finds that the server has finalised all of it: nothing is sent, the spool goes', async () => {
  await record(2);
  await spool.note({ type: 'stopped' });
  server.fault = () => ({ refuse: 410 });
  await send().delivery.finalised;
  expect(server.uploads).toEqual([]);
  expect(existsSync(join(folder, 'spool'))).toBe(false);
});

test('a 410 of a proxy deletes nothing', async () => {
  await record(2);
  await spool.note({ type: 'stopped' });
  const { delivery } = send();
  await delivery.delivered;
  let asked = 0;
  server.fault = () => (asked++, 410);
  await vi.waitUntil(() => asked > 3);
  expect(existsSync(join(folder, 'spool'))).toBe(true);
});

test('an upload survives a dead line, lost answers, 502s and a server that is killed', async () => {
  let n = 0;
  const faults = [null, 502, null, 'drop', 'drop-answer', null, 503, 423, null, 'drop-answer', 429, 502] as const;
  server.fault = () => faults[n++ % faults.length] ?? null;
  const { delivery, reaches } = send();
  for (let i = 0; i < 5; i++) {
    await record(2);
    await reaches(written.length);
  }
  await server.kill();
  await record(4);
  await server.restart();
  await record(2);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  await expectWhole();
  // A created upload whose answer was lost is the only reason to create another.
  expect(server.uploads.length).toBeLessThanOrEqual(2);
  expect(server.log.filter((line) => /50[23]/u.test(line)).length).toBeGreaterThan(2);
});

test('a HEAD that meets a 502 does not begin again at byte 0', async () => {
  await record(3);
  const first = send();
  await first.reaches(written.length);
  first.delivery.close();
  await record(1);
  await spool.note({ type: 'stopped' });
  let heads = 0;
  server.fault = (request) => (request.method === 'HEAD' && ++heads <= 3 ? 502 : null);
  await send().delivery.delivered;
  expect(heads).toBe(4);
  expect(server.uploads).toHaveLength(1);
  await expectWhole();
});

test('the last request arrives and its answer does not: resumed without declaring the length twice', async () => {
  const { delivery, reaches } = send();
  await record(3);
  await reaches(written.length);
  let cut = 0;
  // Cuts the request that declares the length after it was declared, in the middle of its bytes.
  server.fault = (request) => {
    if (!request.headers['upload-length'] || cut++ > 0) return null;
    let seen = 0;
    request.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > 60_000) request.socket.destroy();
    });
    return null;
  };
  await record(10);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  expect(cut).toBeGreaterThan(0);
  await expectWhole();
});

test('the length became known between asking for it and declaring it: the 400 is asked about again', async () => {
  const { delivery, reaches } = send();
  await record(3);
  await reaches(written.length);
  let refused = 0;
  server.fault = (request) => (request.headers['upload-length'] && refused++ === 0 ? 400 : null);
  await record(2);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  expect(refused).toBeGreaterThan(1);
  await expectWhole();
});

test('the server finalises before the last answer arrives: 410 from then on, and all is well', async () => {
  const { delivery, reaches } = send();
  await record(3);
  await reaches(written.length);
  server.fault = (request) => {
    if (!request.headers['upload-length']) return null;
    server.state = 'finalised';
    return 'drop';
  };
  await spool.note({ type: 'stopped' });
  await delivery.finalised;
  expect(server.uploads).toHaveLength(1);
  expect(server.log).toContain('HEAD 410');
});

test('nothing recorded since the last acknowledgement: the end is still declared', async () => {
  const { delivery, reaches } = send();
  await record(2);
  await reaches(written.length);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  await expectWhole();
});

test('a take without a single slice is complete too', async () => {
  const { delivery } = send();
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  expect(server.complete()).toEqual({ slices: 0, bytes: 0, chain: null });
});

test('the upload is gone from the server (a true 404): uploads all of it again', async () => {
  const { delivery, reaches } = send();
  await record(3);
  await reaches(written.length);
  const [first = ''] = server.uploads;
  await rm(join(uploaded, first));
  await rm(join(uploaded, `${first}.json`));
  await record(1);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  expect(server.uploads).toHaveLength(2);
  await expectWhole();
});

test('a 404 of a proxy is met with patience and creates nothing', async () => {
  const { delivery, reaches } = send();
  await record(1);
  await reaches(written.length);
  let n = 0;
  server.fault = (request) => (request.url !== '/manifest' && n++ < 4 ? 404 : null);
  await record(1);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  expect(server.uploads).toHaveLength(1);
  await expectWhole();
});

test.each([403, 404, 413])('a %i of a proxy in mid-meeting ends nothing, however often it comes', async (status) => {
  const { delivery, reaches } = send();
  await record(1);
  await reaches(written.length);
  let [uploads, manifests] = [0, 0];
  server.fault = (request) => {
    if (request.url === '/manifest') return manifests++ < 3 ? status : null;
    return uploads++ < 12 ? status : null;
  };
  await record(1);
  await reaches(written.length);
  expect([uploads, manifests]).toEqual([expect.toSatisfy((n) => n > 12), expect.toSatisfy((n) => n > 3)]);
  await spool.note({ type: 'stopped' });
  await delivery.delivered;
  await expectWhole();
});

test('a proxy that refuses the end for good is believed at last', async () => {
  const { delivery, reaches } = send();
  await record(1);
  await reaches(written.length);
  server.fault = (request) => (request.url === '/manifest' ? null : 403);
  await record(1);
  await spool.note({ type: 'stopped' });
  await expect(delivery.delivered).rejects.toMatchObject({ code: 'upload-refused' });
});

/** Resolves when a delivery that goes on in vain has been tried again so often that one that began with it would have been, too. */
async function otherTriesAgain(): Promise<void> {
  const other = await startUploadServer(join(folder, 'other-server'), GRANT);
  closers.push(() => other.kill());
  const theirs = await createDiskSpool(join(folder, 'other-spool'), metaFor(other));
  closers.push(() => theirs.close());
  let tries = 0;
  other.fault = (request) => (request.url === '/manifest' || tries++ < 6 ? 503 : null);
  await theirs.append(new Uint8Array(randomBytes(100)).buffer, { start: 0, end: 500 }, Date.now());
  await send(theirs).reaches(100);
}

test.each([401, 403, 413, 400])('%i is a refusal: it stops and keeps the spool', async (status) => {
  let patches = 0;
  server.fault = (request) => {
    if (request.method !== 'PATCH') return null;
    patches++;
    return { refuse: status };
  };
  const { delivery } = send();
  await record(1);
  await expect(delivery.delivered).rejects.toMatchObject({ code: 'upload-refused' });
  await record(1);
  await otherTriesAgain();
  expect(patches).toBe(1);
  // A manifest that was under way may have told of the first.
  expect(server.slices.length).toBeLessThan(2);
  expect(existsSync(join(folder, 'spool'))).toBe(true);
});

test('a refused manifest stops the upload as well', async () => {
  server.fault = (request) => (request.url === '/manifest' ? { refuse: 403 } : null);
  const { delivery } = send();
  await record(1);
  await expect(delivery.delivered).rejects.toMatchObject({ code: 'upload-refused' });
});

test('after a crash another page resumes where the server stands', async () => {
  const { delivery, reaches } = send();
  await record(5);
  await reaches(written.length);
  delivery.close();
  await record(3);
  await spool.close();
  const found = await recoverDiskSpool(join(folder, 'spool'));
  if (!found) throw new Error('The spool is gone.');
  spool = found;
  expect(spool.content.get()).toMatchObject({ slices: 8, bytes: written.length, stopped: false });
  await spool.note({ type: 'gap', gap: { start: 4_000, end: 9_000, cause: 'recorder-closed' } });
  await spool.note({ type: 'stopped' });
  const log = server.log.length;
  const second = send();
  await second.delivery.delivered;
  expect(server.uploads).toHaveLength(1);
  expect(server.log.slice(log).filter((line) => line.startsWith('PATCH'))).toHaveLength(1);
  expect(server.gaps()).toEqual([{ start: 4_000, end: 9_000, cause: 'recorder-closed' }]);
  await expectWhole();
});

test('a power cut took from the disk what the server has: it is done, and web ends the track', async () => {
  const { delivery, reaches } = send();
  await record(1);
  await reaches(written.length);
  await record(2);
  await reaches(written.length);
  await vi.waitUntil(() => server.slices.length === 3);
  delivery.close();
  await spool.close();
  await truncate(join(folder, 'spool', DATA_FILE), 100_000);
  const found = await recoverDiskSpool(join(folder, 'spool'));
  if (!found) throw new Error('The spool is gone.');
  spool = found;
  expect(spool.content.get().slices).toBe(2);
  await spool.note({ type: 'stopped' });
  await send().delivery.delivered;
  expect(server.complete()).toBeNull();
  expect(sha256(await readFile(join(uploaded, server.uploads.at(-1) ?? '')))).toBe(sha256(written));
});

test('more gaps than one update may carry are all named', async () => {
  await record(2);
  for (let i = 0; i < 1_100; i++)
    await spool.note({ type: 'gap', gap: { start: i * 10, end: i * 10 + 5, cause: 'recorder-suspended' } });
  await spool.note({ type: 'stopped' });
  const { delivery } = send();
  await delivery.delivered;
  expect(server.gaps()).toEqual(spool.content.get().gaps);
  await expectWhole();
});
