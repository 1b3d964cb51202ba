import { chainText, type Slice } from '@parley/protocol/recording';
import {
  decodeJournal,
  emptyContent,
  encodeEntry,
  type JournalEntry,
  type PlacedEntry,
  type SpoolContent,
  type SpoolMeta,
  withEntry,
} from './journal';

/** The journal grows by so much at a time, and before less than the other is left: some hundred notes. */
const RESERVE_BYTES = 64 * 1024;
const LEAST_RESERVE_BYTES = 16 * 1024;

/** The part of FileSystemSyncAccessHandle (File System Standard) that a spool needs. */
export interface SyncFile {
  getSize(): number;
  /** Fills `buffer` from byte `at` on; returns how many bytes were there. */
  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export interface SpoolFiles {
  /** The track's bytes, one slice after the other. */
  readonly data: SyncFile;
  /** What is known of them, one JSON line after the other; a slice counts once its line is flushed. */
  readonly journal: SyncFile;
}

/** An entry that carries no bytes. */
export type SpoolNote = Exclude<JournalEntry, { type: 'opened' | 'slice' }>;

/** A spool over two open files. One caller at a time: the worker queues. */
export interface SpoolCore {
  content(): SpoolContent;
  /**
   * Hashes, chains, writes and flushes one slice: when this resolves, a crash loses it no more. A failed write leaves the
   * spool as it was. Throws QuotaExceededError when the disk is full.
   */
  append(data: Uint8Array<ArrayBuffer>, time: { start: number; end: number }, at: number): Promise<Slice>;
  note(added: SpoolNote): void;
  /** Bytes `start` to `end` (exclusive) of the track. */
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** At most `count` slices from number `from` on. */
  slices(from: number, count: number): readonly Slice[];
  close(): void;
}

/** Begins a spool in empty files. */
export function createSpool(files: SpoolFiles, meta: SpoolMeta): SpoolCore {
  const spool = spoolOver(files, emptyContent(meta), [], 0);
  spool.write({ type: 'opened', meta });
  return spool;
}

/**
 * Opens what an earlier page left: torn ends are left out, so that it holds exactly what was flushed and fits its hashes. No
 * byte of the track is deleted: should the journal be damaged, the track alone still plays.
 * @returns null when the files hold no spool.
 */
export async function recoverSpool(files: SpoolFiles): Promise<SpoolCore | null> {
  const bytes = new Uint8Array(files.journal.getSize());
  files.journal.read(bytes, { at: 0 });
  const entries = [...decodeJournal(bytes)];
  const first = entries[0];
  if (first?.entry.type !== 'opened') return null;
  await dropUnsound(files.data, entries);

  const content = entries.reduce((sum, e) => withEntry(sum, e.entry), emptyContent(first.entry.meta));
  const last = entries.at(-1) ?? first;
  const journalEnd = last.offset + last.length;
  if (files.journal.getSize() > journalEnd) files.journal.truncate(journalEnd);
  const lines = entries.filter((e) => e.entry.type === 'slice').map((e) => e.offset);
  return spoolOver(files, content, lines, journalEnd);
}

/** Takes slices off the end, with all that follows them, until the last one's bytes are there and match their hash. */
async function dropUnsound(data: SyncFile, entries: PlacedEntry[]): Promise<void> {
  let bytes = entries.reduce((sum, { entry }) => sum + (entry.type === 'slice' ? entry.slice.bytes : 0), 0);
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]?.entry;
    if (entry?.type !== 'slice') continue;
    const start = bytes - entry.slice.bytes;
    if (bytes <= data.getSize()) {
      const tail = new Uint8Array(entry.slice.bytes);
      data.read(tail, { at: start });
      if ((await sha256(tail)) === entry.slice.sha256) return;
    }
    entries.splice(i);
    bytes = start;
  }
}

/** @param lines where each slice's line begins in the journal: 8 bytes a slice instead of the slices themselves. */
function spoolOver(
  { data, journal }: SpoolFiles,
  initial: SpoolContent,
  lines: number[],
  initialJournalEnd: number,
): SpoolCore & { write(added: JournalEntry): void } {
  let content = initial;
  let journalEnd = initialJournalEnd;
  /** The journal's size: from its end on it holds zeros. */
  let reserved = initialJournalEnd;

  /** Keeps room in the journal, so that on a full disk it can still be noted why the recording ended, and that it did. */
  function reserve(): void {
    if (reserved - journalEnd > LEAST_RESERVE_BYTES) return;
    writeAll(journal, new Uint8Array(RESERVE_BYTES), reserved);
    reserved += RESERVE_BYTES;
  }

  function write(added: JournalEntry): void {
    const line = encodeEntry(added);
    try {
      writeAll(journal, line, journalEnd);
    } catch (error) {
      reserved = journalEnd;
      throw error;
    }
    if (added.type === 'slice') lines.push(journalEnd);
    journalEnd += line.byteLength;
    reserved = Math.max(reserved, journalEnd);
    content = withEntry(content, added);
  }

  return {
    content: () => content,
    write,
    async append(bytes, { start, end }, at) {
      const unchained = { n: content.slices, start, end, bytes: bytes.byteLength, sha256: await sha256(bytes) };
      const chain = await sha256(new TextEncoder().encode(chainText(content.chain, unchained)));
      const added: Slice = { ...unchained, chain };
      reserve();
      writeAll(data, bytes, content.bytes);
      write({ type: 'slice', slice: added, at });
      return added;
    },
    note: write,
    read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, content.bytes) - start));
      data.read(bytes, { at: start });
      return bytes;
    },
    slices(from, count) {
      const begin = lines[from];
      if (begin === undefined) return [];
      const bytes = new Uint8Array((lines[from + count] ?? journalEnd) - begin);
      journal.read(bytes, { at: begin });
      return decodeJournal(bytes).flatMap(({ entry }) => (entry.type === 'slice' ? [entry.slice] : []));
    },
    close() {
      data.close();
      journal.close();
    },
  };
}

/** Writes and flushes all of `bytes`, or leaves the file as long as it was. */
function writeAll(file: SyncFile, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  try {
    const written = file.write(bytes, { at });
    if (written !== bytes.byteLength) throw new DOMException('The disk took only a part.', 'QuotaExceededError');
    file.flush();
  } catch (error) {
    // Frees what the failed write took, so that the journal can still say what happened.
    file.truncate(at);
    throw error;
  }
}

/** SHA-256 in hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
