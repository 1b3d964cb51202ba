import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainText } from '@parley/protocol/recording';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SpoolMeta } from '../../recording/journal';
import { createSpool, recoverSpool, type SpoolCore, type SyncFile } from '../../recording/spool-core';
import { DATA_FILE, JOURNAL_FILE } from '../../recording/spool-messages';
import { diskFile } from './disk-spool';

const META: SpoolMeta = {
  version: 1,
  id: 'track-0001',
  take: 'take-0001',
  destination: 'device',
  title: 'Weekly',
  startedAt: 1_000,
  upload: null,
};

let folder: string;
let dataPath: string;
let journalPath: string;
let open: SpoolCore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
  dataPath = join(folder, DATA_FILE);
  journalPath = join(folder, JOURNAL_FILE);
});
afterEach(async () => {
  for (const spool of open) spool.close();
  open = [];
  await rm(folder, { recursive: true });
});

const files = () => ({ data: diskFile(dataPath), journal: diskFile(journalPath) });
function begin(over: Partial<{ data: SyncFile; journal: SyncFile }> = {}): SpoolCore {
  const spool = createSpool({ ...files(), ...over }, META);
  open.push(spool);
  return spool;
}
async function recover(): Promise<SpoolCore> {
  const spool = await recoverSpool(files());
  if (!spool) throw new Error('Nothing to recover.');
  open.push(spool);
  return spool;
}

const slice = (bytes = 1_000) => new Uint8Array(randomBytes(bytes));
async function record(spool: SpoolCore, count: number): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const data = slice(900 + i);
    const start = spool.content().endMs;
    await spool.append(data, { start, end: start + 500 }, 2_000 + i);
    all.push(data);
  }
  return all;
}
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

test('hashes each slice and chains it to the one before', async () => {
  const spool = begin();
  const data = await record(spool, 3);
  const slices = spool.slices(0, 100);
  expect(slices.map(({ n, start, end, bytes }) => ({ n, start, end, bytes }))).toEqual([
    { n: 0, start: 0, end: 500, bytes: 900 },
    { n: 1, start: 500, end: 1_000, bytes: 901 },
    { n: 2, start: 1_000, end: 1_500, bytes: 902 },
  ]);
  let chain: string | null = null;
  for (const [i, s] of slices.entries()) {
    expect(s.sha256).toBe(sha256(data[i] ?? ''));
    chain = sha256(chainText(chain, s));
    expect(s.chain).toBe(chain);
  }
  expect(spool.content()).toMatchObject({ slices: 3, bytes: 2_703, endMs: 1_500, lastAt: 2_002, chain });
});

test('gives slices and bytes by range, with other entries in between', async () => {
  const spool = begin();
  const data = [...(await record(spool, 2))];
  spool.note({ type: 'gap', gap: { start: 1_000, end: 3_000, cause: 'recorder-suspended' } });
  data.push(...(await record(spool, 3)));
  expect(spool.slices(1, 3).map((s) => s.n)).toEqual([1, 2, 3]);
  expect(spool.slices(4, 10).map((s) => s.n)).toEqual([4]);
  expect(spool.slices(5, 10)).toEqual([]);
  const whole = Buffer.concat(data);
  expect(Buffer.from(spool.read(700, 2_000)).equals(whole.subarray(700, 2_000))).toBe(true);
  expect(spool.read(whole.length - 5, whole.length + 100)).toHaveLength(5);
});

test('what another page left is there again, and goes on in the same chain', async () => {
  const first = begin();
  await record(first, 3);
  first.note({ type: 'gap', gap: { start: 1_500, end: 9_000, cause: 'recorder-suspended' } });
  first.note({ type: 'upload', url: 'http://localhost/uploads/1' });
  const before = first.content();
  const second = await recover();
  expect(second.content()).toEqual(before);
  await record(second, 1);
  second.note({ type: 'stopped' });
  expect((await recover()).content()).toMatchObject({
    slices: 4,
    stopped: true,
    uploadUrl: 'http://localhost/uploads/1',
  });
});

test('a journal torn at any byte gives what was whole before it', async () => {
  const spool = begin();
  await record(spool, 3);
  const journal = readFileSync(journalPath);
  const data = readFileSync(dataPath);
  const lineEnds = [...journal.entries()].filter(([, byte]) => byte === 0x0a).map(([i]) => i + 1);
  for (let length = lineEnds[0] ?? 0; length <= (lineEnds.at(-1) ?? 0); length += 7) {
    writeFileSync(journalPath, journal.subarray(0, length));
    writeFileSync(dataPath, data);
    const found = await recoverSpool(files());
    const whole = lineEnds.filter((end) => end <= length).length - 1;
    expect(found?.content().slices).toBe(whole);
    await found?.append(slice(), { start: 0, end: 1 }, 0);
    found?.close();
    const again = await recoverSpool(files());
    expect(again?.content().slices).toBe(whole + 1);
    again?.close();
  }
});

test('bytes that were written but not noted are no part of it, and are left where they are', async () => {
  await record(begin(), 2);
  appendFileSync(dataPath, randomBytes(5_000));
  const spool = await recover();
  expect(spool.content()).toMatchObject({ slices: 2, bytes: 1_801 });
  expect(spool.read(0, 9_000)).toHaveLength(1_801);
  expect(statSync(dataPath).size).toBe(6_801);
  await record(spool, 1);
  expect((await recover()).content()).toMatchObject({ slices: 3, bytes: 2_701 });
});

test('slices whose bytes are missing or altered at the end are dropped', async () => {
  await record(begin(), 4);
  truncateSync(dataPath, 900 + 901 + 10);
  const damaged = readFileSync(dataPath);
  damaged[900] = (damaged[900] ?? 0) ^ 1;
  writeFileSync(dataPath, damaged);
  expect((await recover()).content()).toMatchObject({ slices: 1, bytes: 900 });
});

test.each(['', '\n', '{"type":"slice"}\n', 'garbage'])('a journal of %j holds nothing', async (text) => {
  writeFileSync(journalPath, text);
  expect(await recoverSpool(files())).toBeNull();
});

/** A disk on which `file` cannot grow beyond `limit()` bytes: it takes half of what does not fit, as a quota does. */
const limited = (file: SyncFile, limit: () => number): SyncFile => ({
  ...file,
  write(buffer, { at }) {
    if (at + buffer.byteLength <= Math.max(file.getSize(), limit())) return file.write(buffer, { at });
    file.write(buffer.subarray(0, Math.floor(buffer.byteLength / 2)), { at });
    throw new DOMException('full', 'QuotaExceededError');
  },
});

test.each(['data', 'journal'] as const)('a disk too full for the %s changes nothing', async (which) => {
  const real = files();
  let limit = Number.POSITIVE_INFINITY;
  const spool = begin({ ...real, [which]: limited(real[which], () => limit) });
  await record(spool, 2);
  limit = 0;
  // The journal has some room in reserve: slices use it up.
  while (await record(spool, 1).catch(() => false));
  const before = spool.content();
  await expect(spool.append(slice(), { start: 1_000, end: 1_500 }, 0)).rejects.toMatchObject({
    name: 'QuotaExceededError',
  });
  expect(spool.content()).toEqual(before);
  expect(statSync(dataPath).size).toBe(before.bytes);
  limit = Number.POSITIVE_INFINITY;
  await record(spool, 1);
  expect((await recover()).content()).toMatchObject({ slices: before.slices + 1 });
});

test('on a full disk it can still be noted why and that the recording ended', async () => {
  const real = files();
  let limit = Number.POSITIVE_INFINITY;
  const spool = begin({
    data: limited(real.data, () => limit),
    journal: limited(real.journal, () => limit),
  });
  await record(spool, 2);
  limit = 0;
  while (await record(spool, 1).catch(() => false));
  spool.note({ type: 'gap', gap: { start: 1_000, end: 2_000, cause: 'storage-full' } });
  spool.note({ type: 'upload', url: 'http://localhost/uploads/1' });
  spool.note({ type: 'stopped' });
  const noted = spool.content();
  limit = Number.POSITIVE_INFINITY;
  expect((await recover()).content()).toEqual(noted);
});
