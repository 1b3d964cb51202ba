import type { Platform } from '../platform';
import type { RecordingProgress } from '../recording-port';
import { createStore, type Readable } from '../store';
import type { Spool } from './spool';

const EVERY_MS = 1_000;

/** How far a spool and its upload are, told about once a second. */
export interface ProgressMeter {
  readonly progress: Readable<RecordingProgress>;
  follow(spool: Spool): void;
  /** The server has so many bytes. */
  acknowledged(bytes: number): void;
  /** Tells the last change at once and follows no more. Idempotent. */
  close(): void;
}

export function createProgressMeter(platform: Platform): ProgressMeter {
  const progress = createStore<RecordingProgress>({ recordedMs: 0, recordedBytes: 0, uploadedBytes: 0 });
  let latest = progress.get();
  let timer: unknown = null;
  let stopFollowing = (): void => {};

  function tell(): void {
    if (timer !== null || latest === progress.get()) return;
    progress.set(latest);
    timer = platform.setTimeout(() => {
      timer = null;
      tell();
    }, EVERY_MS);
  }

  return {
    progress,
    follow({ content }) {
      const read = (): void => {
        latest = { ...latest, recordedMs: content.get().endMs, recordedBytes: content.get().bytes };
        tell();
      };
      stopFollowing = content.subscribe(read);
      read();
    },
    acknowledged(bytes) {
      latest = { ...latest, uploadedBytes: bytes };
      tell();
    },
    close() {
      stopFollowing();
      if (timer !== null) platform.clearTimeout(timer);
      progress.set(latest);
    },
  };
}
