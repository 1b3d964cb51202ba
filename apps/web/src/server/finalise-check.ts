import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SLICE_MS, type Gap, type Slice } from '@parley/protocol/recording';

/** What a track's uploaded bytes prove when they are held against its manifest. */
export interface CheckedBytes {
  /** SHA-256 of all bytes that are here, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Where the last slice ends that is all here, ms. */
  readonly endMs: number;
  /** Stretches that are not here, or not what the recorder wrote. */
  readonly gaps: readonly Gap[];
  /** Where in the file a new container begins (the recorder had to start its encoder anew), and when in the track. */
  readonly parts: readonly { readonly offset: number; readonly startMs: number }[];
}

export interface Manifest {
  readonly slices: readonly Slice[];
  /** Stretches the recorder itself has named. */
  readonly gaps: readonly Gap[];
  /** What the recorder said in the end; null when it never did. */
  readonly complete: { readonly slices: number } | null;
  /** How long the room saw the take run, ms; null when it does not know. */
  readonly spanMs: number | null;
}

const EBML_MAGIC = 0x1a45dfa3;

/**
 * Reads `file` once, front to back, and compares it slice by slice. Memory stays at one read buffer.
 *
 * @param onRead called often
 */
export async function checkBytes(file: string, manifest: Manifest, onRead: () => void): Promise<CheckedBytes> {
  const { slices } = manifest;
  const whole = createHash('sha256');
  const gaps: Gap[] = [];
  const parts: { offset: number; startMs: number }[] = [];
  let bytes = 0;
  let index = 0;
  let inSlice = 0;
  let current = createHash('sha256');
  let head = Buffer.alloc(0);

  const endSlice = (slice: Slice): void => {
    if (current.digest('hex') !== slice.sha256) gaps.push({ start: slice.start, end: slice.end, cause: 'unknown' });
    if (head.length === 4 && head.readUInt32BE() === EBML_MAGIC) {
      parts.push({ offset: bytes - slice.bytes, startMs: slice.start });
    }
    current = createHash('sha256');
    head = Buffer.alloc(0);
    inSlice = 0;
    index++;
  };

  for await (const read of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    onRead();
    whole.update(read);
    let at = 0;
    for (;;) {
      const slice = slices[index];
      if (slice && slice.bytes === inSlice) {
        endSlice(slice);
        continue;
      }
      if (!slice || at === read.length) break;
      const piece = read.subarray(at, at + slice.bytes - inSlice);
      if (head.length < 4) head = Buffer.concat([head, piece.subarray(0, 4 - head.length)]);
      current.update(piece);
      at += piece.length;
      inSlice += piece.length;
      bytes += piece.length;
    }
    bytes += read.length - at;
  }
  for (let slice = slices[index]; slice && slice.bytes === inSlice; slice = slices[index]) endSlice(slice);

  const last = slices.at(-1);
  const missing = slices[index];
  if (missing && last) gaps.push({ start: missing.start, end: last.end, cause: 'not-uploaded' });
  const known = last?.end ?? 0;
  // At least the slice that the recorder was in the middle of.
  const end = Math.max(manifest.spanMs ?? 0, known + SLICE_MS);
  if (manifest.complete && manifest.complete.slices > slices.length) {
    gaps.push({ start: known, end, cause: 'not-uploaded' });
  } else if (!manifest.complete || manifest.gaps.some(({ cause }) => cause === 'recorder-closed')) {
    // It never said its end; or a later visit said it, which knows not how long the room went on.
    gaps.push({ start: known, end, cause: 'recorder-closed' });
  }
  return {
    sha256: whole.digest('hex'),
    bytes,
    endMs: slices[index - 1]?.end ?? 0,
    gaps: mergeGaps(gaps),
    parts: parts[0]?.offset === 0 ? parts : [{ offset: 0, startMs: 0 }, ...parts],
  };
}

/** The same stretches in order, neighbours of one cause joined. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = merged.at(-1);
    if (before?.cause === gap.cause && gap.start <= before.end + 1) {
      merged[merged.length - 1] = { ...before, end: Math.max(before.end, gap.end) };
    } else {
      merged.push(gap);
    }
  }
  return merged;
}
