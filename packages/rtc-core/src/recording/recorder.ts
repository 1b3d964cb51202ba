import type { Gap } from '@parley/protocol/recording';
import { RtcError } from '../errors';
import type { OpenRecorder, RecorderOptions } from '../recording-port';
import type { RecorderState } from '../room-view';
import { createStore } from '../store';
import { type Composite, recordComposite } from './composite';
import { type HandOver, handOver } from './hand-over';
import type { SpoolMeta } from './journal';
import { whenNoticed } from './notice';
import { createProgressMeter } from './progress';
import { createSliceClock, LONGEST_PAUSE_MS, type Moment, type SliceClock, type SliceTime, type Sound } from './slices';
import { createOpfsSpool, type Spool } from './spool';
import { holdSpool } from './spool-lock';

/** With less room than this on the disk recording is not begun: about three minutes. */
const LEAST_ROOM_BYTES = 64 * 1024 * 1024;

/** Why the rest of the take is missing after a failure; else it is not known. */
const CAUSES: Partial<Record<RtcError['code'], Gap['cause']>> = {
  'storage-full': 'storage-full',
  'size-limit': 'size-limit',
  'encoder-failed': 'encoder-failed',
};

/**
 * Records a take of the room: notice, composite, slices, spool, and from there to the server or to this device. A slice
 * counts once the spool has flushed it; whatever goes wrong afterwards, it is kept, sent and accounted for.
 */
export const openRecorder: OpenRecorder = (options) => {
  const { take, view, local, platform, logger } = options;
  const state = createStore<RecorderState>({ status: 'starting' });
  const meter = createProgressMeter(platform);
  const ending = new AbortController();
  const now = (): Moment => ({ monotonic: performance.now(), wall: platform.now() });

  let spool: Spool | null = null;
  let composite: Composite | null = null;
  let clock: SliceClock | null = null;
  let out: HandOver | null = null;
  let release = (): void => {};
  let failure: RtcError | null = null;
  /** When that was, ms since the track began. */
  let failedMs = 0;
  /** One slice was not written: those after it belong to no file any more. */
  let torn = false;
  let closed = false;
  let stopping: Promise<void> | null = null;
  let settling: Promise<void> = Promise.resolve();
  /** Slices on their way to the disk, one after the other. */
  let writing: Promise<void> = Promise.resolve();
  /** Since when the browser has kept the sound from us, ms since the track began. */
  let soundlessSince: number | null = null;

  async function open(): Promise<void> {
    await makeRoom();
    const meta = metaOf(options);
    const held = await holdSpool(meta.id);
    if (!held) throw new RtcError('spool-taken', { detail: 'another page records this take' });
    release = held;
    spool = await createOpfsSpool(meta).catch((cause: unknown) => {
      throw storage(cause, 'spool-unavailable');
    });
    if (closed) return letGo();
    meter.follow(spool);
    out = handOver(spool, {
      saveFile: (file, name) => options.saveFile(file, name),
      onAcknowledged: (bytes) => meter.acknowledged(bytes),
      onEnd: () => void settling.then(letGo),
      platform,
      logger,
    });
    out.done.then(arrived, (error: unknown) => fail(asRtcError(error, 'encoder-failed')));
    await whenNoticed(view, take, { platform, signal: ending.signal });
    if (!ending.signal.aborted) record();
  }

  function record(): void {
    composite = recordComposite({ take, view, local, now, onSlice, onError: fail });
    clock = createSliceClock(composite.began);
    state.set({ status: 'recording', take, destination: options.destination });
    logger.info('recording began', { destination: options.destination });
  }

  function onSlice(data: Blob, at: Moment, sound: Sound): void {
    const time = clock?.next(at, sound);
    if (time)
      writing = writing
        .then(() => write(data, time, sound.runs))
        .catch((error: unknown) => {
          torn = true;
          fail(storage(error, 'spool-failed'));
        });
  }

  async function write(data: Blob, time: SliceTime, soundRuns: boolean): Promise<void> {
    if (!spool || torn || closed) return;
    const { bytes, meta } = spool.content.get();
    if (meta.upload && bytes + data.size > meta.upload.maxBytes) throw new RtcError('size-limit');
    if (time.gap) {
      // The silence before it is the same loss.
      const start = soundlessSince ?? time.gap.start;
      soundlessSince = null;
      await name({ ...time.gap, start });
    }
    await spool.append(await data.arrayBuffer(), time, platform.now());
    if (!soundRuns) soundlessSince ??= time.start;
    else await nameSilence(time.start);
  }

  async function nameSilence(until: number): Promise<void> {
    const start = soundlessSince;
    soundlessSince = null;
    if (start !== null && until - start > LONGEST_PAUSE_MS)
      await name({ start, end: until, cause: 'recorder-suspended' });
  }

  async function name(gap: Gap): Promise<void> {
    logger.warn('gap in the recording', { ...gap });
    await spool?.note({ type: 'gap', gap });
  }

  /** Ends the track in the spool: what is in it is all there will be. */
  async function end(): Promise<void> {
    await writing;
    const recorded = spool?.content.get();
    if (!spool || !recorded || recorded.stopped) return;
    await nameSilence(recorded.endMs);
    if (failure && failedMs > recorded.endMs)
      await name({ start: recorded.endMs, end: failedMs, cause: CAUSES[failure.code] ?? 'unknown' });
    await spool.note({ type: 'stopped' });
  }

  function fail(error: RtcError, at = now()): void {
    if (failure || closed) return;
    failure = error;
    failedMs = clock?.elapsed(at) ?? 0;
    ending.abort();
    state.set({ status: 'failed', error });
    logger.error('recording failed', { code: error.code, cause: error.cause });
    settling = settle();
  }

  /** After a failure: keeps what the encoder still had, and ends the track. */
  async function settle(): Promise<void> {
    await composite?.stop();
    const ended = await end().then(
      () => true,
      (reason: unknown) => void logger.error('spool not ended', { reason: String(reason) }),
    );
    // A spool that cannot be written is left to the next visit; before there is a way out nobody else lets go.
    if (!ended) out?.close();
    if (!ended || !out) await letGo();
  }

  function arrived(): void {
    if (failure || closed) return;
    meter.close();
    // Stopped before its first slice: nothing was saved, and nobody may read that it was.
    const isEmpty = spool?.content.get().slices === 0;
    state.set(isEmpty ? { status: 'idle' } : { status: 'done', take, destination: options.destination });
    logger.info('recording arrived', { ...meter.progress.get() });
  }

  async function letGo(): Promise<void> {
    meter.close();
    await spool?.close();
    release();
  }

  const opened = open().catch((error: unknown) => fail(asRtcError(error, 'recording-unsupported')));

  return {
    state,
    progress: meter.progress,
    stop: () =>
      (stopping ??= (async () => {
        ending.abort();
        await opened;
        if (!failure) await composite?.stop();
        if (!failure && !closed) {
          if (state.get().status !== 'done') state.set({ status: 'uploading', take });
          await end().catch((error: unknown) => fail(storage(error, 'spool-failed')));
        }
        await settling;
      })()),
    close() {
      if (closed) return;
      closed = true;
      ending.abort();
      composite?.close();
      out?.close();
      void letGo();
    },
  };
};

function metaOf({ take, account, destination, upload, title, platform }: RecorderOptions): SpoolMeta {
  const absolute = (url: string): string => new URL(url, location.href).href;
  return {
    version: 1,
    id: upload?.track ?? take,
    take,
    ...(account && { account }),
    destination,
    title,
    startedAt: platform.now(),
    upload: upload
      ? { ...upload, uploadUrl: absolute(upload.uploadUrl), manifestUrl: absolute(upload.manifestUrl) }
      : null,
  };
}

async function makeRoom(): Promise<void> {
  if (!navigator.storage?.getDirectory) throw new RtcError('spool-unavailable');
  // Asks that the browser does not clear the spool when the disk runs low; Firefox asks the person, so nobody waits for it.
  navigator.storage.persist?.().catch(() => false);
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && quota - (usage ?? 0) < LEAST_ROOM_BYTES) throw new RtcError('storage-full');
}

const asRtcError = (error: unknown, code: RtcError['code']): RtcError =>
  error instanceof RtcError ? error : new RtcError(code, { cause: error });

const storage = (error: unknown, code: RtcError['code']): RtcError =>
  asRtcError(error, error instanceof DOMException && error.name === 'QuotaExceededError' ? 'storage-full' : code);
