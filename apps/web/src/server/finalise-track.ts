import { createHash } from 'node:crypto';
import { database, type Db } from './database';
import { runFinalise, LastingFailure } from './finalise-run';
import { GRANT_AFTER_FINALISED_MS, isSettled } from './grants';
import type { JobRun } from './jobs';
import { log } from './log';
import { readManifest } from './manifest';
import { recordingStore } from './storage';
import { arrived, removeUpload, uploadFile } from './upload-store';

/** How often progress is written while a recording is made ready, ms. */
const PROGRESS_EVERY_MS = 1_000;
/** A busy database is waited for: what was made is not to be made again for that. */
const PATIENT = { timeout: 20_000, maxWait: 10_000 };

/** Why a track came to nothing, or to no more than what was finalised before. Shown by pages, by code. */
export type TrackFailure = 'nothing-arrived' | 'unreadable' | 'internal';

/**
 * The job that makes a track ready out of what has arrived of it, and names what is missing. Safe to run again at any
 * time. When all is here, the upload is let go of; else it stays until the grant ends, for whoever brings the rest.
 */
export async function finaliseTrack({ key: trackId, lastTry, signal }: JobRun): Promise<void> {
  const track = await database().recordingTrack.findUnique({ where: { id: trackId }, include: { take: true } });
  if (!track || isSettled(track)) return;
  const { take } = track;
  const here = await arrived(track.uploadId);
  if (!track.uploadId || !here || here.bytes === 0) return setFailure(track, 'nothing-arrived', 0);

  const manifest = await readManifest(trackId);
  const store = recordingStore();
  try {
    const result = await runFinalise(
      {
        track: trackId,
        source: uploadFile(track.uploadId),
        workDir: store.workDir,
        ...manifest,
        spanMs: take.startedAt && take.stoppedAt ? take.stoppedAt.getTime() - take.startedAt.getTime() : null,
        lastTry,
        poster: track.posterKey === null,
      },
      progressWriter(trackId),
      signal,
    );
    signal.throwIfAborted();
    // Known from the track alone: whoever does this again writes the same name.
    const name = `${take.id}/${trackId}-${createHash('sha256').update(`file|${track.grantHash}`).digest('hex').slice(0, 32)}`;
    const fileKey = `${name}.${result.mimeType === 'video/mp4' ? 'mp4' : 'webm'}`;
    await store.put(fileKey, result.file);
    const posterKey = result.posterFile ? `${name}.jpg` : track.posterKey;
    if (result.posterFile && posterKey) await store.put(posterKey, result.posterFile);
    const { complete, slices } = manifest;
    const allHere = complete !== null && slices.length >= complete.slices && result.sourceBytes >= complete.bytes;
    // The recorder's browser has the right bytes of a spoilt stretch, and deletes them once the upload is let go of.
    const whole = allHere && !result.spoilt;
    const now = new Date();
    const data = {
      fileKey,
      posterKey,
      mimeType: result.mimeType,
      durationMs: result.durationMs,
      progressMs: result.durationMs,
      bytes: (await store.stat(fileKey))?.bytes ?? 0,
      sha256: result.sha256,
      missing: [...result.gaps],
      finalisedAt: now,
      grantEndsAt: new Date(now.getTime() + GRANT_AFTER_FINALISED_MS),
      // All is here, and another run would make no more of it.
      failure: allHere && result.spoilt ? ('unreadable' satisfies TrackFailure) : null,
      ...(whole ? { uploadId: null, uploadedBytes: result.sourceBytes } : {}),
    };
    // Both at once: a finalised track is not seen in a take that is still being made ready, unless more of it has come. The take
    // first, as when it is deleted.
    const saved = await database().$transaction(async (db) => {
      await db.take.updateMany({ where: { id: take.id }, data: { state: 'ready' } });
      const { count } = await db.recordingTrack.updateMany({ where: { id: trackId }, data });
      // It is on its way again. What comes after this look is noted after the commit, for the row is held (noteArrival in uploads.ts).
      if (!whole && (await hasMore(db, trackId, result.sourceBytes)))
        await db.take.updateMany({ where: { id: take.id }, data: { state: 'receiving' } });
      return count > 0;
    }, PATIENT);
    if (!saved) {
      // Deleted meanwhile.
      await store.delete(fileKey);
      if (posterKey) await store.delete(posterKey);
      return;
    }
    if (whole) await removeUpload(track.uploadId);
    log().info(
      {
        take: take.id,
        track: trackId,
        durationMs: result.durationMs,
        bytes: result.sourceBytes,
        gaps: result.gaps.length,
      },
      whole ? 'recording ready' : 'recording ready, with something missing',
    );
  } catch (error) {
    // More that has come meanwhile was not looked at, and may be all that was missing.
    const isAll = (await arrived(track.uploadId))?.bytes === here.bytes;
    if (error instanceof LastingFailure && isAll) return setFailure(track, 'unreadable', here.bytes);
    if (lastTry && !signal.aborted) await setFailure(track, 'internal', here.bytes);
    throw error;
  }
}

/**
 * Notes that nothing came of the first `bytes` bytes.
 * @throws when more have come meanwhile, which may be all that was missing
 */
async function setFailure(
  { id: trackId, takeId }: { id: string; takeId: string },
  failure: TrackFailure,
  bytes: number,
): Promise<void> {
  // A file that was finalised before, with something missing, stays what it was.
  const before = { tracks: { some: { finalisedAt: { not: null } } } };
  await database().$transaction(async (db) => {
    await db.take.updateMany({ where: { id: takeId, ...before }, data: { state: 'ready' } });
    await db.take.updateMany({ where: { id: takeId, NOT: before }, data: { state: 'failed' } });
    await db.recordingTrack.updateMany({ where: { id: trackId }, data: { failure } });
    // What comes after this look is noted after the commit, for the row is held, and clears the failure.
    if (await hasMore(db, trackId, bytes)) throw new Error('more has arrived meanwhile');
  }, PATIENT);
  log().warn({ take: takeId, track: trackId, failure }, 'recording came to nothing');
}

/** Whether more than `bytes` bytes of the track are here. */
async function hasMore(db: Db, trackId: string, bytes: number): Promise<boolean> {
  const track = await db.recordingTrack.findUnique({ where: { id: trackId } });
  return ((await arrived(track?.uploadId ?? null))?.bytes ?? 0) > bytes;
}

function progressWriter(trackId: string): (ms: number) => void {
  let written = 0;
  return (ms) => {
    const now = Date.now();
    if (now - written < PROGRESS_EVERY_MS) return;
    written = now;
    // Only shown: a write that fails is followed by another.
    database()
      .recordingTrack.updateMany({ where: { id: trackId }, data: { progressMs: Math.round(ms) } })
      .catch(() => undefined);
  };
}
