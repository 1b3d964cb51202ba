import type { OpenTakeReply } from '@parley/protocol/recording';
import type { TakeDestination } from '@parley/protocol/room-state';
import type { LocalMedia } from './local-media';
import type { Logger } from './logger';
import type { Platform } from './platform';
import type { RecorderState, RoomView } from './room-view';
import type { Readable } from './store';

/** What has been recorded and brought to safety so far. */
export interface RecordingProgress {
  /** Milliseconds recorded and flushed to the spool. */
  readonly recordedMs: number;
  readonly recordedBytes: number;
  readonly uploadedBytes: number;
}

/** What a recorder is given once the room has accepted the take. */
export interface RecorderOptions {
  readonly take: string;
  readonly destination: TakeDestination;
  /** Whose take it is: only they are offered what is left of it in this browser. */
  readonly account?: string;
  /** Where and by which grant to upload; absent when the destination is the device. */
  readonly upload?: NonNullable<OpenTakeReply['upload']>;
  /**
   * The room, its publications and the arrived tracks. `view.room.take.noticed` says whose browser shows the notice: the
   * first slice waits until every `here` participant is in it, or 5 s; who is not in it is left out until they are.
   */
  readonly view: Readable<RoomView>;
  /** One's own tracks. */
  readonly local: LocalMedia;
  /** Offers the finished file of a "this device only" take for download. */
  saveFile(file: Blob, name: string): void;
  readonly platform: Platform;
  readonly logger: Logger;
  /** The meeting's title, for file names. */
  readonly title: string;
}

/** One take being recorded in this browser. Failures never throw: they land in `state`. */
export interface Recorder {
  /** From `starting` on; ends with `done` or `failed`, or with `idle` when it was stopped before anything was recorded. */
  readonly state: Readable<RecorderState>;
  readonly progress: Readable<RecordingProgress>;
  /**
   * Ends the recording. Resolves when the last slice is flushed to the spool, so that nothing can be lost any more; the
   * rest of the upload goes on (`uploading`, then `done`). Needs neither the room nor its tracks afterwards. Idempotent.
   */
  stop(): Promise<void>;
  /** Lets go of everything at once; what the spool holds stays there for the next visit. Idempotent. */
  close(): void;
}

/** Implemented by recording/recorder.ts; loaded when the first recording starts. */
export type OpenRecorder = (options: RecorderOptions) => Recorder;
