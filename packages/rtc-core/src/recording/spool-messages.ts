import type { Slice } from '@parley/protocol/recording';
import type { SpoolContent, SpoolMeta } from './journal';
import type { SpoolNote } from './spool-core';

/** Folder of the origin's private file system that holds one folder per spool. */
export const SPOOL_FOLDER = 'parley-recordings';
export const DATA_FILE = 'track.webm';
export const JOURNAL_FILE = 'journal.jsonl';
/** The seekable copy of a track that stays on this device. */
export const SEEKABLE_FILE = 'seekable.webm';

/** What the page asks of the spool's worker, and what comes back. */
export interface SpoolCalls {
  /** Begins a spool. Throws when there is one under this id. */
  create: { ask: { meta: SpoolMeta }; answer: SpoolContent };
  /** Opens what an earlier page left; null when there is nothing to be had of it. */
  recover: { ask: { id: string }; answer: SpoolContent | null };
  append: {
    ask: { data: ArrayBuffer; start: number; end: number; at: number };
    answer: { slice: Slice; content: SpoolContent };
  };
  note: { ask: { note: SpoolNote }; answer: SpoolContent };
  read: { ask: { start: number; end: number }; answer: ArrayBuffer };
  slices: { ask: { from: number; count: number }; answer: readonly Slice[] };
  /** Lets go of the files. */
  close: { ask: object; answer: null };
}

export type SpoolCallName = keyof SpoolCalls;
export type SpoolRequest = {
  [N in SpoolCallName]: { readonly id: number; readonly name: N; readonly ask: SpoolCalls[N]['ask'] };
}[SpoolCallName];
export type SpoolReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  /** `name` is that of the DOMException, such as QuotaExceededError. */
  | { readonly id: number; readonly ok: false; readonly name: string; readonly message: string };
