import { SLICE_MS } from '@parley/protocol/recording';
import { RtcError } from '../errors';
import type { LocalMedia } from '../local-media';
import { type MediaKey, mediaKey, type RoomView } from '../room-view';
import type { Readable } from '../store';
import { createAudioMix } from './audio-mix';
import { createCompositor, FRAMES_PER_SECOND } from './compositor';
import { sceneOf } from './scene';
import type { Moment, Sound } from './slices';

/**
 * VP9 first: on two busy cores Chromium's VP9 encoder kept 195 of 240 pictures, its VP8 encoder 27 to 43, whose threads
 * wait for each other by spinning. Firefox records VP8 only.
 */
const MIME_TYPES = ['video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus', 'video/webm'] as const;
const VIDEO_BITS_PER_SECOND = 2_500_000;
const AUDIO_BITS_PER_SECOND = 96_000;
/** A seek lands at most this far from where it should. */
const KEY_FRAME_EVERY_MS = 2_000;
/** So many pictures drawn and not a byte of them seen: the encoder has died without a word. */
const FRAMES_WITHOUT_A_SLICE = 10 * FRAMES_PER_SECOND;

/** A dead encoder may not even stop: what it still has is waited for so long. */
const STOP_PATIENCE_MS = 3_000;

/** MediaRecorder's options with what TypeScript's DOM library does not know yet (MediaStream Recording, 2024). */
interface RecorderOptions extends MediaRecorderOptions {
  videoKeyFrameIntervalDuration?: number;
}

export interface CompositeOptions {
  readonly take: string;
  readonly view: Readable<RoomView>;
  readonly local: Pick<LocalMedia, 'state'>;
  readonly now: () => Moment;
  /** About every 500 ms, in order: the next bytes of one WebM file. */
  readonly onSlice: (data: Blob, at: Moment, sound: Sound) => void;
  /** It could not go on at that moment; what the encoder still had was handed over since, nothing more comes. */
  readonly onError: (error: RtcError, at: Moment) => void;
}

/** The call, composed into one WebM file while it runs. */
export interface Composite {
  readonly began: Moment;
  /** Resolves when the last slice was handed over, or the encoder gives none. Idempotent. */
  stop(): Promise<void>;
  /** Lets go of everything; what was not handed over is lost. Idempotent. */
  close(): void;
}

/**
 * @throws RtcError `recording-unsupported` when this browser records no WebM; what the browser throws when it gives no
 * canvas, sound or encoder. Nothing goes on then.
 */
export function recordComposite(options: CompositeOptions): Composite {
  const undo: (() => void)[] = [];
  try {
    return compose(options, undo);
  } catch (error) {
    for (const end of undo) end();
    throw error;
  }
}

/** @param undo gets what ends each part as soon as it has begun. */
function compose({ take, view, local, now, onSlice, onError }: CompositeOptions, undo: (() => void)[]): Composite {
  const mimeType = globalThis.MediaRecorder && MIME_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  if (!mimeType) throw new RtcError('recording-unsupported');

  let framesSinceSlice = 0;
  let failed = false;
  const fail = (cause: unknown): void => {
    if (failed) return;
    failed = true;
    const at = now();
    void stop().then(() => onError(new RtcError('encoder-failed', { cause }), at));
  };
  const compositor = createCompositor({
    onFrame() {
      // Without sound the encoder holds back its slices and goes on later: a call on a phone may last.
      if (!mix.isRunning()) {
        mix.resume();
        framesSinceSlice = 0;
      } else if (++framesSinceSlice > FRAMES_WITHOUT_A_SLICE && recorder.state === 'recording')
        fail(new Error(`Nothing came in ${framesSinceSlice} pictures.`));
    },
    onError: (error) => fail(error),
  });
  undo.push(() => compositor.close());
  const mix = createAudioMix((key) => !key.startsWith(`${view.get().you ?? ''}/`));
  undo.push(() => mix.close());

  const follow = (): void => {
    const known = view.get();
    // The room ends the take before we hear of it: the last picture stays until then.
    if (known.room?.take?.id !== take) return;
    const scene = sceneOf(known);
    const tracks = tracksOf(known, local);
    compositor.show(scene, tracks);
    mix.hear(new Map(scene.sound.flatMap((key) => (tracks.has(key) ? [[key, tracks.get(key)!] as const] : []))));
  };
  undo.push(view.subscribe(follow), local.state.subscribe(follow));
  follow();

  const options: RecorderOptions = {
    mimeType,
    videoBitsPerSecond: VIDEO_BITS_PER_SECOND,
    audioBitsPerSecond: AUDIO_BITS_PER_SECOND,
    videoKeyFrameIntervalDuration: KEY_FRAME_EVERY_MS,
  };
  const recorder = new MediaRecorder(new MediaStream([compositor.track, mix.track]), options);
  let closed = false;
  let stopping: Promise<void> | null = null;
  const ended = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve()));
  recorder.addEventListener('dataavailable', ({ data }) => {
    if (closed) return;
    const sound = { runs: mix.isRunning(), mixedMs: mix.mixedMs() };
    if (data.size === 0) return;
    framesSinceSlice = 0;
    onSlice(data, now(), sound);
  });
  recorder.addEventListener('error', (event) => fail('error' in event ? event.error : event));
  void ended.then(() => {
    if (!closed && !stopping) fail(new Error('The recorder stopped by itself.'));
  });

  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      if (closed) return;
      if (recorder.state !== 'inactive') recorder.stop();
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_PATIENCE_MS))]);
      close();
    })());

  function close(): void {
    if (closed) return;
    closed = true;
    if (recorder.state !== 'inactive') recorder.stop();
    for (const end of undo) end();
  }

  const began = now();
  recorder.start(SLICE_MS);
  return { began, stop, close };
}

/** Every track there is to record: what has arrived, and one's own. */
function tracksOf({ you, arrivals }: RoomView, local: Pick<LocalMedia, 'state'>): Map<MediaKey, MediaStreamTrack> {
  const tracks = new Map(arrivals);
  if (!you) return tracks;
  const { captures } = local.state.get();
  for (const source of ['microphone', 'camera', 'screen', 'screen-audio'] as const) {
    const capture = captures[source];
    if (capture.status === 'on') tracks.set(mediaKey(you, source), capture.track);
  }
  return tracks;
}
