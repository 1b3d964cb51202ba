import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import PgBoss from 'pg-boss';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { database, type Db } from './database';
import { LastingFailure, runFinalise } from './finalise-run';
import { finaliseTrack } from './finalise-track';
import { startJobs, stopJobs, sweepRecordings } from './recording-jobs';
import { removeTake } from './recordings';
import { patch, say, send, slowPatch } from './testing-recorder';
import { chained, recordedSlices, recordedTake } from './testing-take';
import { eventually, recordingTestbed, startUploadServer, type RecordingTestbed } from './testing-recordings';

vi.mock('./finalise-run', async (original) => {
  const run = await original<object>();
  return { ...run, runFinalise: vi.fn((run as { runFinalise: typeof runFinalise }).runFinalise) };
});

type Take = Awaited<ReturnType<RecordingTestbed['openTake']>>;

let bed: RecordingTestbed;
beforeAll(async () => {
  bed = await recordingTestbed();
});
afterEach(stopJobs);
afterAll(() => bed.close());

const whole = () => {
  const slices = recordedSlices();
  return { slices: slices.length, bytes: recordedTake().length, chain: slices.at(-1)?.chain ?? null };
};

/** The track is read first, its take after it: wait for what the track says, never for the take's state. */
const trackOf = ({ upload }: Take) =>
  database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track }, include: { take: true } });
const finished = (take: Take) =>
  eventually(async () => {
    const track = await trackOf(take);
    return (track.finalisedAt ?? track.failure) ? track : null;
  });
const recordingFile = (key: string | null) => path.join(bed.dataDir, 'recordings', key ?? '-');
const partsOf = async ({ upload }: Take) =>
  (await readdir(path.join(bed.dataDir, 'recordings', '.work')).catch(() => [])).filter((name) =>
    name.startsWith(upload.track),
  );
const waitingForLocks = (db: Db) =>
  db.$queryRaw`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
const uploads = () => readdir(path.join(bed.dataDir, 'uploads'));

/** Runs the job by hand, with `meanwhile` after the file was made and before it is stored. */
function finaliseBeside({ upload }: Take, meanwhile: () => Promise<unknown>): Promise<void> {
  const run = vi.mocked(runFinalise).getMockImplementation();
  if (!run) throw new Error('unreachable');
  vi.mocked(runFinalise).mockImplementationOnce(async (...job) => {
    const result = await run(...job);
    await meanwhile();
    return result;
  });
  return finaliseTrack({ key: upload.track, lastTry: false, signal: new AbortController().signal });
}

/** As if nothing had happened to the take for `minutes`. */
async function age(take: Take, minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  const { uploadId } = await trackOf(take);
  if (uploadId) await utimes(path.join(bed.dataDir, 'uploads', uploadId), then, then);
  await database().take.update({ where: { id: take.take }, data: { createdAt: then, startedAt: then } });
}

describe('a track', () => {
  it('whose bytes and manifest are all here is made ready and its upload let go of', async () => {
    startJobs();
    const take = await bed.openTake();
    await send(take, recordedTake());
    expect((await say(take, { slices: recordedSlices().slice(0, 3) })).state).toBe('receiving');
    expect((await say(take, { slices: recordedSlices(), complete: whole() })).state).toBe('finalising');
    const track = await finished(take);
    expect(track).toMatchObject({
      failure: null,
      mimeType: 'video/webm',
      missing: [],
      uploadId: null,
      sha256: createHash('sha256').update(recordedTake()).digest('hex'),
      take: { state: 'ready' },
    });
    const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(recordingFile(track.fileKey)) });
    expect(Math.round(((await input.getDurationFromMetadata()) ?? 0) * 1000)).toBe(track.durationMs);
    input.dispose();
    expect(Number(track.bytes)).toBe((await readFile(recordingFile(track.fileKey))).length);
    await eventually(async () => (await uploads()).length === 0);
    expect(await say(take, { slices: [] })).toEqual({
      slices: recordedSlices().length,
      uploadedBytes: recordedTake().length,
      state: 'finalised',
    });
  });

  it('of which the last bytes come after its end was said, is made ready by them', async () => {
    startJobs();
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, 9_000));
    expect((await say(take, { slices: recordedSlices(), complete: whole() })).state).toBe('receiving');
    await patch(take, url, 9_000, recordedTake().subarray(9_000));
    expect(await finished(take)).toMatchObject({ failure: null, missing: [], uploadId: null });
  });

  it('of a vanished recorder is made ready as it is; who returns brings the rest, and it is whole', async () => {
    startJobs();
    const slices = recordedSlices();
    const kept = slices.slice(0, 4).reduce((sum, s) => sum + s.bytes, 0);
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, kept));
    await say(take, { slices: slices.slice(0, 5) });
    await database().take.update({ where: { id: take.take }, data: { state: 'receiving' } });
    await sweepRecordings();
    expect((await trackOf(take)).take.state).toBe('receiving');
    await age(take, 11);
    await sweepRecordings();
    const partial = await finished(take);
    const known = slices[4]?.end ?? 0;
    expect(partial.missing).toEqual([
      { start: slices[4]?.start, end: known, cause: 'not-uploaded' },
      { start: known, end: known + 500, cause: 'recorder-closed' },
    ]);
    expect(partial.uploadId).not.toBeNull();
    expect(partial.grantEndsAt?.getTime()).toBeGreaterThan(Date.now() + 6.9 * 24 * 3_600_000);

    await patch(take, url, kept, recordedTake().subarray(kept));
    await say(take, { slices, complete: whole() });
    const complete = await eventually(async () => {
      // The wish is lost beside the job before, when that is stored and not yet over.
      await sweepRecordings();
      const track = await trackOf(take);
      return track.uploadId === null && track;
    });
    expect(complete).toMatchObject({ missing: [], fileKey: partial.fileKey, take: { state: 'ready' } });
    expect(complete.durationMs).toBeGreaterThan(partial.durationMs ?? 0);
  });

  it('of which more came while it was made ready without it is on its way again, and later made ready with it', async () => {
    const slices = recordedSlices();
    const kept = slices.slice(0, 4).reduce((sum, s) => sum + s.bytes, 0);
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, kept));
    await say(take, { slices });
    await finaliseBeside(take, () => patch(take, url, kept, recordedTake().subarray(kept)));
    // Its recorder is never heard of again.
    const partial = await trackOf(take);
    expect(partial).toMatchObject({ missing: [{ cause: 'not-uploaded' }, {}], take: { state: 'receiving' } });
    startJobs();
    await age(take, 11);
    await sweepRecordings();
    const more = await eventually(async () => {
      const now = await trackOf(take);
      return Number(now.finalisedAt) > Number(partial.finalisedAt) && now;
    });
    expect(more).toMatchObject({ missing: [{ cause: 'recorder-closed' }], take: { state: 'ready' } });
  });

  it('of which more was on its way when it was made ready, or given up, is on its way again', async () => {
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, 9_000));
    let arrive = await slowPatch(take, url, 9_000, recordedTake().subarray(9_000, 9_100));
    await finaliseBeside(take, () => Promise.resolve());
    expect((await trackOf(take)).take.state).toBe('ready');
    await arrive();
    expect((await trackOf(take)).take.state).toBe('receiving');

    await database().recordingTrack.update({ where: { id: take.upload.track }, data: { finalisedAt: null } });
    arrive = await slowPatch(take, url, 9_100, recordedTake().subarray(9_100));
    await finaliseBeside(take, () => Promise.reject(new LastingFailure('nothing to play')));
    expect(await trackOf(take)).toMatchObject({ failure: 'unreadable', take: { state: 'failed' } });
    await arrive();
    expect(await trackOf(take)).toMatchObject({ failure: null, take: { state: 'receiving' } });
  });

  it('whose rest came while it was being made ready without it is made ready again', async () => {
    const take = await bed.openTake();
    await send(take, recordedTake());
    await say(take, { slices: recordedSlices(), complete: whole() });
    // As the run leaves it that had looked before the rest came.
    await database().recordingTrack.update({
      where: { id: take.upload.track },
      data: { finalisedAt: new Date(), missing: [{ start: 0, end: 500, cause: 'not-uploaded' }] },
    });
    await database().take.update({ where: { id: take.take }, data: { state: 'ready' } });
    startJobs();
    const track = await eventually(async () => {
      const now = await trackOf(take);
      return now.uploadId === null && now;
    });
    expect(track).toMatchObject({ missing: [], failure: null, take: { state: 'ready' } });
  });

  it('whose bytes are not what the recorder wrote keeps its upload, and is not made ready over and over', async () => {
    const bytes = Buffer.from(recordedTake());
    const second = (recordedSlices()[0]?.bytes ?? 0) + 100;
    bytes.writeUInt8(bytes.readUInt8(second) ^ 0xff, second);
    startJobs();
    const take = await bed.openTake();
    await send(take, bytes);
    await say(take, { slices: recordedSlices(), complete: whole() });
    const track = await finished(take);
    expect(track.missing).toMatchObject([{ cause: 'unknown' }]);
    expect(await uploads()).toContain(track.uploadId);
    // To the recorder's browser: keep your slices.
    expect((await say(take, { slices: [] })).state).toBe('failed');
    const jobs = () =>
      database().$queryRaw`SELECT 1 FROM pgboss.job WHERE singleton_key = ${take.upload.track} AND state < 'completed'`;
    await expect.poll(jobs).toEqual([]);
    await sweepRecordings();
    expect(await jobs()).toEqual([]);
  });

  it.each(['size-limit', 'unknown'] as const)(
    'whose recorder ended it early (%s) is made ready, and its recorder may delete its slices',
    async (cause) => {
      startJobs();
      const take = await bed.openTake();
      await send(take, recordedTake());
      const end = recordedSlices().at(-1)?.end ?? 0;
      const gaps = [{ start: end, end: end + 500, cause }];
      await say(take, { slices: recordedSlices(), gaps, complete: whole() });
      expect(await finished(take)).toMatchObject({ failure: null, missing: gaps, uploadId: null });
      expect((await say(take, { slices: [] })).state).toBe('finalised');
    },
  );

  it('is waited for while the call goes on', async () => {
    const take = await bed.openTake();
    await send(take, recordedTake());
    await age(take, 60);
    await sweepRecordings();
    expect((await trackOf(take)).take.state).toBe('recording');
    await age(take, 13 * 60);
    await sweepRecordings();
    expect((await trackOf(take)).take.state).toBe('finalising');
  });

  it('that holds nothing to play says so, and stays open for better bytes', async () => {
    startJobs();
    const take = await bed.openTake();
    const bytes = recordedTake().subarray(0, 40);
    await send(take, bytes);
    const slices = chained(bytes, [{ start: 0, end: 10, bytes: 40 }]);
    await say(take, { slices, complete: { slices: 1, bytes: 40, chain: slices[0]?.chain ?? null } });
    expect(await finished(take)).toMatchObject({ failure: 'unreadable', take: { state: 'failed' } });
    expect((await say(take, { slices: [] })).state).toBe('failed');
    expect((await trackOf(take)).failure).toBe('unreadable');

    // Nothing was made of it: what arrived is all there is, and stays with its grant, however long.
    expect((await trackOf(take)).grantEndsAt).toBeNull();
    await database().recordingTrack.update({ where: { id: take.upload.track }, data: { grantEndsAt: new Date(0) } });
    await sweepRecordings();
    expect(await uploads()).toContain((await trackOf(take)).uploadId);
    expect((await say(take, { slices: [] })).state).toBe('failed');
  });

  it('of which more comes while what was here is found to be nothing to play is looked at again', async () => {
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, 40));
    const run = finaliseTrack({ key: take.upload.track, lastTry: false, signal: new AbortController().signal });
    let running = true;
    const ended = run
      .then(
        () => 'given up',
        () => 'to be run again',
      )
      .finally(() => (running = false));
    for (let at = 40; running; at++) {
      await patch(take, url, at, Buffer.from([0]));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await ended).toBe('to be run again');
    expect((await trackOf(take)).failure).toBeNull();
  });

  it('of which more comes while it is being given up is not given up', async () => {
    const take = await bed.openTake();
    const url = await send(take, recordedTake().subarray(0, 40));
    let ended: Promise<string> | undefined;
    await database().$transaction(
      async (db) => {
        await db.$queryRaw`SELECT 1 FROM "Take" WHERE "id" = ${take.take} FOR UPDATE`;
        const run = finaliseTrack({ key: take.upload.track, lastTry: false, signal: new AbortController().signal });
        ended = run.then(
          () => 'given up',
          () => 'to be run again',
        );
        // It has looked at what is here, and waits to write down that it is nothing.
        await expect.poll(() => waitingForLocks(db)).toHaveLength(1);
        await patch(take, url, 40, recordedTake().subarray(40, 50));
      },
      { timeout: 30_000 },
    );
    expect(await ended).toBe('to be run again');
    expect(await trackOf(take)).toMatchObject({ failure: null, take: { state: 'recording' } });
  });

  it('that is deleted while it is made ready leaves nothing behind', async () => {
    const take = await bed.openTake();
    await send(take, recordedTake());
    await say(take, { slices: recordedSlices(), complete: whole() });
    const { uploadId } = await trackOf(take);
    await finaliseBeside(take, async () => {
      expect(await partsOf(take)).not.toEqual([]);
      await removeTake(take.take);
    });
    expect(await partsOf(take)).toEqual([]);
    expect(await readdir(path.join(bed.dataDir, 'recordings', take.take))).toEqual([]);
    expect(await uploads()).not.toContain(uploadId);
  });

  it('that cannot be made ready a second time keeps its first file, and is not tried over and over', async () => {
    const take = await bed.openTake();
    const bytes = Buffer.from('1a45dfa3'.padEnd(200, '0'), 'hex');
    await send(take, bytes);
    const slices = chained(bytes, [{ start: 0, end: 10, bytes: bytes.length }]);
    await say(take, { slices, complete: { slices: 1, bytes: bytes.length, chain: slices[0]?.chain ?? null } });
    const where = { id: take.upload.track };
    const missing = [{ start: 0, end: 500, cause: 'not-uploaded' }];
    await database().recordingTrack.update({ where, data: { finalisedAt: new Date(), missing } });
    await database().take.update({ where: { id: take.take }, data: { state: 'finalising' } });
    startJobs();
    const track = await eventually(async () => {
      const now = await trackOf(take);
      return now.failure !== null && now;
    });
    expect(track).toMatchObject({ failure: 'unreadable', missing, take: { state: 'ready' } });
  });

  it('that failed by our fault is tried again without a restart', async () => {
    await sweepRecordings();
    startJobs();
    const take = await bed.openTake();
    await send(take, recordedTake());
    const where = { id: take.upload.track };
    await database().recordingTrack.update({ where, data: { failure: 'internal' } });
    await say(take, { slices: recordedSlices(), complete: whole() });
    await sweepRecordings();
    expect((await trackOf(take)).failure).toBe('internal');
    await sweepRecordings(Date.now() + 2 * 3_600_000);
    expect(await finished(take)).toMatchObject({ failure: null, uploadId: null });
  });

  it('of which somebody only asks is quiet', async () => {
    const take = await bed.openTake();
    await send(take, recordedTake());
    await say(take, { slices: recordedSlices() });
    await database().take.update({ where: { id: take.take }, data: { state: 'receiving' } });
    await age(take, 11);
    await say(take, { slices: recordedSlices() });
    await sweepRecordings();
    expect((await trackOf(take)).take.state).toBe('finalising');
  });

  it('of which nothing ever came says that', async () => {
    startJobs();
    const take = await bed.openTake();
    await database().take.update({ where: { id: take.take }, data: { state: 'receiving' } });
    await age(take, 11);
    await sweepRecordings();
    expect(await finished(take)).toMatchObject({ failure: 'nothing-arrived' });
  });
});

describe('the sweep', () => {
  it('throws away takes that never began, uploads nobody knows, and uploads past their grant', async () => {
    const unused = await bed.openTake(false);
    const fresh = await bed.openTake(false);
    // Web was away for a day: room and recorder are still to tell of it.
    await database().take.update({
      where: { id: fresh.take },
      data: { createdAt: new Date(Date.now() - 24 * 3_600_000) },
    });
    await database().take.update({
      where: { id: unused.take },
      data: { createdAt: new Date(Date.now() - 7.1 * 24 * 3_600_000) },
    });
    const ended = await bed.openTake();
    await send(ended, recordedTake());
    const { uploadId } = await trackOf(ended);
    const stray = path.join(bed.dataDir, 'uploads', 'f'.repeat(32));
    await writeFile(stray, 'x');
    await utimes(stray, new Date(0), new Date(0));
    await database().recordingTrack.update({
      where: { id: ended.upload.track },
      data: { finalisedAt: new Date(0), grantEndsAt: new Date(Date.now() - 1) },
    });
    await sweepRecordings();
    // Some of it may have come just before that end: it is to be made ready with it first.
    expect(await uploads()).toContain(uploadId);
    await database().take.update({ where: { id: ended.take }, data: { state: 'ready' } });
    await sweepRecordings();
    expect(await database().take.count({ where: { id: unused.take } })).toBe(0);
    expect(await database().take.count({ where: { id: fresh.take } })).toBe(1);
    const left = await uploads();
    expect(left).not.toContain('f'.repeat(32));
    expect(left).not.toContain(uploadId);
    expect((await trackOf(ended)).uploadId).toBeNull();
  });

  it('gets on past a recording that is deleted under it', async () => {
    const take = await bed.openTake();
    await database().recordingTrack.update({
      where: { id: take.upload.track },
      data: { ...{ finalisedAt: new Date(0), grantEndsAt: new Date(0) }, uploadId: 'e'.repeat(32) },
    });
    await database().take.update({ where: { id: take.take }, data: { state: 'ready' } });
    let swept: Promise<void> | undefined;
    await database().$transaction(
      async (db) => {
        await db.take.delete({ where: { id: take.take } });
        swept = sweepRecordings();
        swept.catch(() => undefined);
        await expect.poll(() => waitingForLocks(db)).toHaveLength(1);
      },
      { timeout: 30_000 },
    );
    await swept;
  });
});

it('jobs that are stopped while their queue is opened leave none behind', async () => {
  const [start, stop] = [vi.spyOn(PgBoss.prototype, 'start'), vi.spyOn(PgBoss.prototype, 'stop')];
  startJobs();
  await stopJobs();
  expect(start).toHaveBeenCalledOnce();
  expect(stop).toHaveBeenCalledOnce();
  start.mockRestore();
  stop.mockRestore();
});

describe('a long take', () => {
  const started: ChildProcess[] = [];
  afterAll(() => started.forEach((child) => child.kill('SIGKILL')));

  const TIMES = 400;
  const span = (recordedSlices().at(-1)?.end ?? 0) + 10;
  /** Long enough to be met in the middle of: three seconds four hundred times over, sent and ended. */
  async function longTake(): Promise<{ take: Take; bytes: Buffer }> {
    const cuts = Array.from({ length: TIMES }, (_, i) =>
      recordedSlices().map(({ start, end, bytes }) => ({ start: start + i * span, end: end + i * span, bytes })),
    ).flat();
    const bytes = Buffer.concat(Array.from({ length: TIMES }, recordedTake));
    const slices = chained(bytes, cuts);
    const take = await bed.openTake();
    await send(take, bytes);
    const chain = slices.at(-1)?.chain ?? null;
    for (let n = 0; n < slices.length; n += 500) await say(take, { slices: slices.slice(n, n + 500) });
    await say(take, { slices: [], complete: { slices: slices.length, bytes: bytes.length, chain } });
    return { take, bytes };
  }

  it('of a web process killed while it makes it ready is taken over by the next one, which ends with the same file', async () => {
    const { take, bytes } = await longTake();
    started.push((await startUploadServer({ jobs: true })).process);
    await eventually(async () => (await partsOf(take)).length > 0);
    started[0]?.kill('SIGKILL');
    expect((await trackOf(take)).finalisedAt).toBeNull();

    started.push((await startUploadServer({ jobs: true })).process);
    const track = await eventually(async () => {
      const now = await trackOf(take);
      return now.finalisedAt && now;
    }, 60_000);
    expect(track).toMatchObject({
      ...{ failure: null, missing: [], uploadId: null },
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(track.durationMs).toBeGreaterThan(span * (TIMES - 1));
    expect(await partsOf(take)).toEqual([]);
    started[1]?.kill('SIGKILL');
  }, 90_000);
});
