import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { database } from './database';
import { env } from './env';
import { finaliseTrack } from './finalise-track';
import { isSettled } from './grants';
import { closeQueue, openQueue } from './jobs';
import { log } from './log';
import { isWhole, requestFinalise } from './manifest';
import { removeTake } from './recordings';
import { recordingStore } from './storage';
import { arrived, removeUpload, uploadsFolder } from './upload-store';

/** How often what is due is looked for: what a crash kept from being asked for, and what nobody will ask for any more. */
const SWEEP_MS = 30_000;
/** How often a track is tried again that failed for a reason of ours, like a full disk. */
const RETRY_MS = 3_600_000;
/** Bytes of a take that the room still believes is running are waited for that much longer: the line may be down, the call alive. */
const RUNNING_PATIENCE = 72;
/** An upload nobody knows, and work nobody does, are thrown away after this long. */
const STRAY_MS = 3_600_000;
/** A take of which neither the room nor its recorder has told anything: they may only do so when web has been away for long. */
const UNSTARTED_MS = 7 * 24 * 3_600_000;

const shared = globalThis as {
  parleyRecordingJobs?: { readonly stop: AbortController; readonly ended: Promise<void> };
};

/**
 * Starts the work that is done outside requests, once per process, and returns at once. While the database is away it
 * waits for it.
 */
export function startJobs(): void {
  if (shared.parleyRecordingJobs) return;
  const stop = new AbortController();
  const ended = (async () => {
    let first = true;
    while (!stop.signal.aborted) {
      try {
        await openQueue({ finalise: finaliseTrack });
        first = false;
        await sweepRecordings();
      } catch (error) {
        log().warn({ err: error }, 'recording jobs could not be looked through');
      }
      await delay(first ? 2_000 : SWEEP_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  shared.parleyRecordingJobs = { stop, ended };
}

/** Stops the work; what runs is taken up by the next process. */
export async function stopJobs(): Promise<void> {
  const jobs = shared.parleyRecordingJobs;
  delete shared.parleyRecordingJobs;
  jobs?.stop.abort();
  // It may be about to open the queue.
  await jobs?.ended;
  await closeQueue();
}

let retriedAt = 0;
/** Tracks that failed for a reason of ours: a restart is a good moment to try again, and so is any later one. */
async function retryOurFaults(now: number): Promise<void> {
  if (now - retriedAt < RETRY_MS) return;
  retriedAt = now;
  const tracks = await database().recordingTrack.findMany({ where: { failure: 'internal', uploadId: { not: null } } });
  for (const track of tracks) {
    await database().recordingTrack.updateMany({ where: { id: track.id }, data: { failure: null } });
    await requestFinalise(track);
  }
}

/**
 * Asks for everything that is due, and throws away what has no future. Safe to do at any time; what is deleted meanwhile is
 * passed over.
 */
export async function sweepRecordings(now = Date.now()): Promise<void> {
  await retryOurFaults(now);
  await finaliseWhatIsDue(now);
  await dropEndedUploads(now);
  await dropUnstartedTakes(now);
  await dropStrayUploads(now);
  await dropAbandonedWork(now);
}

/**
 * Whole tracks that a crash kept from being asked for, or whose rest came while they were being made ready without it; and
 * tracks of takes that are over, of which nothing has arrived for `RECORDING_QUIET_MINUTES`: those are made ready as they are.
 */
async function finaliseWhatIsDue(now: number): Promise<void> {
  const tracks = await database().recordingTrack.findMany({
    where: {
      failure: null,
      OR: [
        { take: { destination: 'server', state: { in: ['opened', 'recording', 'receiving', 'finalising'] } } },
        { take: { state: 'ready' }, uploadId: { not: null } },
      ],
    },
    include: { take: { include: { session: { select: { endedAt: true } } } } },
  });
  for (const track of tracks) {
    if (isSettled(track)) continue;
    const { take } = track;
    if (take.state === 'finalising' || (await isWhole(track))) {
      await requestFinalise(track);
      continue;
    }
    if (take.state === 'ready') continue;
    const here = await arrived(track.uploadId);
    if (take.state === 'opened' && !here?.bytes) continue;
    const dates = [take.createdAt, take.startedAt, take.stoppedAt].map((date) => date?.getTime() ?? 0);
    const quietMs = now - Math.max(here?.lastAt ?? 0, ...dates);
    const running = take.state === 'recording' && !take.session?.endedAt;
    const patienceMs = env().RECORDING_QUIET_MINUTES * 60_000 * (running ? RUNNING_PATIENCE : 1);
    if (quietMs > patienceMs) await requestFinalise(track);
  }
}

/**
 * Past the grant's end nobody can bring more. An upload that was never made into a file is all there is: it stays. So does one
 * of which more has come since: it is made ready with that first, and has a later end then.
 */
async function dropEndedUploads(now: number): Promise<void> {
  const tracks = await database().recordingTrack.findMany({
    where: {
      uploadId: { not: null },
      finalisedAt: { not: null },
      grantEndsAt: { lt: new Date(now) },
      take: { state: 'ready' },
    },
  });
  for (const { id, uploadId } of tracks) {
    // Of what was asked for before the grant's end more may have come this moment.
    const { count } = await database().recordingTrack.updateMany({
      where: { id, take: { state: 'ready' } },
      data: { uploadId: null },
    });
    if (count > 0 && uploadId) await removeUpload(uploadId);
  }
}

async function dropUnstartedTakes(now: number): Promise<void> {
  const takes = await database().take.findMany({
    where: { state: 'opened', createdAt: { lt: new Date(now - UNSTARTED_MS) } },
    include: { tracks: true },
  });
  for (const take of takes) {
    const sizes = await Promise.all(take.tracks.map((track) => arrived(track.uploadId)));
    if (sizes.every((here) => !here?.bytes)) await removeTake(take.id);
  }
}

async function dropStrayUploads(now: number): Promise<void> {
  const names = await readdir(uploadsFolder()).catch(() => []);
  const ids = [...new Set(names.map((name) => /^([0-9a-f]{32})(\.json)?$/u.exec(name)?.[1]))].filter(
    (id) => id !== undefined,
  );
  if (ids.length === 0) return;
  const known = await database().recordingTrack.findMany({
    where: { uploadId: { in: ids } },
    select: { uploadId: true },
  });
  for (const id of ids) {
    if (known.some(({ uploadId }) => uploadId === id)) continue;
    const file = await stat(path.join(uploadsFolder(), id)).catch(() => null);
    if (!file || now - file.mtimeMs > STRAY_MS) await removeUpload(id);
  }
}

/** What finalise runs that were killed left behind, of tracks that nobody will run again. One that runs writes all the time. */
async function dropAbandonedWork(now: number): Promise<void> {
  const { workDir } = recordingStore();
  for (const name of await readdir(workDir).catch(() => [])) {
    const file = path.join(workDir, name);
    const found = await stat(file).catch(() => null);
    if (found && now - found.mtimeMs > STRAY_MS) await rm(file, { force: true });
  }
}
