import { SLICE_MS } from '@parley/protocol/recording';
import type { TakeDestination } from '@parley/protocol/room-state';
import { RtcError } from '../errors';
import { type Logger, silentLogger } from '../logger';
import { browserPlatform, type Platform } from '../platform';
import type { RecordingProgress } from '../recording-port';
import type { RecorderState } from '../room-view';
import { createStore, type Readable } from '../store';
import type { HandOver } from './hand-over';
import { createProgressMeter } from './progress';
import { listOpfsSpools, opfsSpoolFile, recoverOpfsSpool, removeOpfsSpool, type Spool } from './spool';
import { holdSpool, isSpoolKept, keepSpool } from './spool-lock';
import { DATA_FILE } from './spool-messages';

/** A file that was handed to the person is kept so long, for no page is told whether the browser saved it. */
const KEPT_AFTER_HANDING_MS = 7 * 24 * 3_600_000;

/** A recording that an earlier page of this browser left unfinished, after a crash or a closed tab. */
export interface PendingUpload {
  readonly id: string;
  readonly take: string;
  /** The meeting's title when it was recorded. */
  readonly title: string;
  readonly destination: TakeDestination;
  /** ms since the epoch, this browser's clock. */
  readonly startedAt: number;
  readonly recordedMs: number;
  readonly bytes: number;
  /** Its file was handed to the person (destination `device`): there is nothing to finish, but it may not have been saved. */
  readonly handed: boolean;
}

export interface PendingOptions {
  /** Who asks: what another account has recorded in this browser is not told of. */
  account?: string;
  platform?: Platform;
  logger?: Logger;
}

/**
 * What is left in this browser to be finished, or to be saved once more. Recordings that another tab is working on are not in
 * it. What has arrived or was discarded since is deleted on the way. Empty where the browser has no private file system;
 * never rejects.
 */
export async function pendingUploads(options: PendingOptions = {}): Promise<readonly PendingUpload[]> {
  const { account, logger = silentLogger } = options;
  const pending: PendingUpload[] = [];
  for (const id of await listOpfsSpools()) {
    try {
      await withSpool(id, async (spool) => {
        const { meta, slices, bytes, endMs, deliveredAt, discarded } = spool.content.get();
        if (discarded) return await spool.remove();
        const fate = deliveredAt === null ? 'unfinished' : await fateOf(spool, deliveredAt, options);
        if (slices === 0 || fate === 'over') await spool.remove();
        else if (fate !== 'waits' && (meta.account ?? account) === account)
          pending.push({
            id,
            take: meta.take,
            title: meta.title,
            destination: meta.destination,
            startedAt: meta.startedAt,
            recordedMs: endMs,
            bytes,
            handed: fate === 'handed',
          });
      });
    } catch (error) {
      logger.warn('spool not readable', { spool: id, reason: String(error) });
    }
  }
  return pending.sort((a, b) => a.startedAt - b.startedAt);
}

/**
 * Runs `act` on a spool; deletes one that holds nothing, not one whose journal cannot be read.
 * @returns false when another page holds it.
 */
async function withSpool(id: string, act: (spool: Spool) => Promise<void>): Promise<boolean> {
  const release = await holdSpool(id);
  if (!release) return false;
  try {
    const spool = await recoverOpfsSpool(id);
    if (!spool) {
      if (!(await opfsSpoolFile(id, DATA_FILE))?.size) await removeOpfsSpool(id);
      return true;
    }
    try {
      await act(spool);
    } finally {
      await spool.close();
    }
  } finally {
    release();
  }
  return true;
}

/**
 * What becomes of a delivered spool: `handed` when its file was handed to the person, and `over` some time after that or when
 * it was finalised by the server; `unfinished` when the server could not finalise it, has lost a part of it or knows of it no
 * more, and the person must say; else it waits for the server.
 */
async function fateOf(
  spool: Spool,
  deliveredAt: number,
  { platform = browserPlatform, logger = silentLogger }: PendingOptions,
): Promise<'over' | 'handed' | 'unfinished' | 'waits'> {
  const content = spool.content.get();
  const { upload } = content.meta;
  if (!upload) return platform.now() - deliveredAt < KEPT_AFTER_HANDING_MS ? 'handed' : 'over';
  const { askOutcome } = await import('./manifest-sender');
  const { manifestUrl, grant } = upload;
  const { signal } = new AbortController();
  try {
    const outcome = await askOutcome(content, { manifestUrl, grant, platform, logger, signal });
    return outcome === 'finalised' ? 'over' : outcome === 'lacking' ? 'unfinished' : 'waits';
  } catch (error) {
    logger.warn('delivered recording unknown to the server', { track: upload.track, reason: String(error) });
    return 'unfinished';
  }
}

/** An unfinished recording on its way. */
export interface ResumedUpload {
  /** `uploading`, then `done` or `failed`; a failed one is pending again on the next visit. */
  readonly state: Readable<RecorderState>;
  readonly progress: Readable<RecordingProgress>;
  /** Stops it; it is pending again. Idempotent. */
  close(): void;
}

export interface ResumeOptions extends PendingOptions {
  /** Offers the file of a "this device only" take for download. */
  saveFile: (file: Blob, name: string) => void;
}

/** Finishes what a crash interrupted: uploads the rest, or hands a "this device only" take to the person. */
export function resumeUpload(pending: PendingUpload, options: ResumeOptions): ResumedUpload {
  const { platform = browserPlatform, logger = silentLogger } = options;
  const { take, destination } = pending;
  const state = createStore<RecorderState>({ status: 'uploading', take });
  const meter = createProgressMeter(platform);
  let out: HandOver | null = null;
  let closed = false;

  async function run(): Promise<void> {
    const release = await holdSpool(pending.id);
    if (!release) throw new RtcError('spool-taken');
    let spool: Spool | null = null;
    const letGo = async (): Promise<void> => {
      meter.close();
      await spool?.close();
      release();
    };
    try {
      spool = await recoverOpfsSpool(pending.id).catch((cause: unknown) => {
        // Another tab has finished it since, or thrown it away.
        throw new RtcError(isMissing(cause) ? 'spool-taken' : 'spool-failed', { cause });
      });
      if (closed) return await letGo();
      if (!spool) throw new RtcError('spool-failed', { detail: 'nothing in it can be read' });
      if (spool.content.get().discarded) throw new RtcError('spool-taken');
      await endTrack(spool);
      meter.follow(spool);
      await finish(spool, () => void letGo());
    } catch (error) {
      // From the handing over on it lets go by itself.
      if (!out) await letGo();
      throw error;
    }
  }

  async function finish(spool: Spool, onEnd: () => void): Promise<void> {
    const { handOver } = await import('./hand-over').catch((cause: unknown) => {
      throw new RtcError('web-unreachable', { cause });
    });
    out = handOver(spool, {
      saveFile: options.saveFile,
      onAcknowledged: (bytes) => meter.acknowledged(bytes),
      onEnd,
      platform,
      logger,
    });
    if (closed) out.close();
    await out.done;
    meter.close();
    state.set({ status: 'done', take, destination });
  }

  run().catch((error: unknown) => {
    if (closed) return;
    const failure = error instanceof RtcError ? error : new RtcError('spool-failed', { cause: error });
    state.set({ status: 'failed', error: failure });
    logger.error('recording not finished', { take, code: failure.code });
  });

  return {
    state,
    progress: meter.progress,
    close() {
      closed = true;
      out?.close();
    },
  };
}

/** Names what the page that closed has not recorded any more: at least the slice it was in the middle of. */
async function endTrack(spool: Spool): Promise<void> {
  const { stopped, endMs } = spool.content.get();
  if (stopped) return;
  await spool.note({ type: 'gap', gap: { start: endMs, end: endMs + SLICE_MS, cause: 'recorder-closed' } });
  await spool.note({ type: 'stopped' });
}

/**
 * Hands the file of an unfinished recording to the person, for when the server refuses it. It stays pending, for this page
 * only: no other tab has it until this page is gone.
 * @throws Error when another tab works on it, or nothing is left.
 */
export async function savePending({ id }: PendingUpload, saveFile: (file: Blob, name: string) => void): Promise<void> {
  const release = await holdSpool(id);
  if (!release) throw new RtcError('spool-taken');
  const keptBefore = isSpoolKept(id);
  try {
    const { seekableFile } = await import('./seekable-file');
    const file = await seekableFile(id);
    keepSpool(id);
    saveFile(file, 'video.webm');
  } finally {
    // What holds it for the first time goes on holding it, unless there was nothing to hand over.
    if (keptBefore || !isSpoolKept(id)) release();
  }
}

/**
 * Deletes an unfinished recording for good. One that this page has saved is deleted by the next visit, and no page tells of
 * it until then.
 * @returns false when nothing has happened, because another tab works on it.
 */
export async function discardPending({ id }: PendingUpload): Promise<boolean> {
  return withSpool(id, (spool) => spool.remove()).catch((error: unknown) => {
    if (isMissing(error)) return true;
    throw error;
  });
}

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';
