import { execFile } from 'node:child_process';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gap, slice, SLICE_MS, type Gap } from '@parley/protocol/recording';
import { z } from 'zod';
import { checkBytes, mergeGaps } from './finalise-check';
import { copyPackets, durationOf, NothingToPlay, type Part } from './finalise-copy';

const run = promisify(execFile);

/** What a finalise run is given. All paths are absolute. */
export const finaliseJob = z.object({
  track: z.string(),
  /** The uploaded bytes. Only read. */
  source: z.string(),
  /** Where unfinished files may lie; on the same disk as the store of finished ones. */
  workDir: z.string(),
  slices: z.array(slice),
  /** Gaps the recorder itself has named. */
  gaps: z.array(gap),
  complete: z.object({ slices: z.number() }).nullable(),
  spanMs: z.number().nullable(),
  /** What comes out shorter than what went in is then taken as it is, and named. Before, it is a reason to try again. */
  lastTry: z.boolean(),
  /** Whether a poster is wanted, should there be a way to make one. */
  poster: z.boolean(),
});
export type FinaliseJob = Readonly<z.infer<typeof finaliseJob>>;

export const finaliseResult = z.object({
  /** The finished file under `workDir`, flushed to disk, to be moved to the store. */
  file: z.string(),
  posterFile: z.string().nullable(),
  mimeType: z.enum(['video/webm', 'video/mp4']),
  durationMs: z.number(),
  /** Of the uploaded bytes, hex. */
  sha256: z.string(),
  sourceBytes: z.number(),
  gaps: z.array(gap),
  /** Some of the uploaded bytes are not what the recorder wrote, or could not be read: its browser may hold better ones. */
  spoilt: z.boolean(),
});
export type FinaliseResult = Readonly<z.infer<typeof finaliseResult>>;

/** How much shorter than its slices a file may be: about what an encoder holds back at a cut. */
const SHORT_MS = 2_000;
/** And how far the clock that timed the slices and that of the media may have drifted apart. */
const DRIFT = 0.0002;

/** What the child process that finalises tells its parent. */
export const finaliseMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), ms: z.number() }),
  z.object({ type: z.literal('done'), result: finaliseResult }),
  /** `lasting`: running it again will not help. */
  z.object({ type: z.literal('failed'), message: z.string(), lasting: z.boolean() }),
]);
export type FinaliseMessage = z.infer<typeof finaliseMessage>;

/**
 * Makes a seekable file with true duration and cues out of a track's uploaded bytes, and says what is missing.
 * Nothing is encoded again. Reads `source` and leaves it; writes `<workDir>/<track>.<n>.part` and nothing else; may be
 * killed at any point and run again.
 *
 * @param onProgress called often, with the media time reached, ms
 * @throws NothingToPlay when the bytes hold no media at all: running it again will not help; any other error may pass
 */
export async function finalise(job: FinaliseJob, onProgress: (ms: number) => void): Promise<FinaliseResult> {
  await mkdir(job.workDir, { recursive: true });
  await removeLeftovers(job);
  const recorded = job.slices.at(-1)?.end ?? 0;
  // A power cut may have taken slices from the recorder's disk that had been sent: it closed where those end.
  const named = job.gaps.map((gap) =>
    gap.cause === 'recorder-closed'
      ? { ...gap, start: Math.max(gap.start, recorded), end: Math.max(gap.end, recorded + SLICE_MS) }
      : gap,
  );
  const checked = await checkBytes(job.source, { ...job, gaps: named }, () => onProgress(0));
  if (checked.bytes === 0) throw new NothingToPlay('no bytes arrived');

  const gaps = mergeGaps([...named, ...checked.gaps]);
  const isShort = (ms: number): boolean => ms < playable(checked.endMs, gaps) - SHORT_MS - checked.endMs * DRIFT;

  const nonce = `${process.pid}-${Date.now().toString(36)}`;
  const file = path.join(job.workDir, `${job.track}.${nonce}.part`);
  const { mimeType } =
    (await copyWithFfmpeg(job.source, file, checked.parts, isShort, onProgress)) ??
    (await copyPackets(job.source, file, checked.parts, onProgress));
  const durationMs = await durationOf(file);
  const short = isShort(durationMs);
  if (short && !job.lastTry) throw new Error(`only ${durationMs} of ${checked.endMs} ms came out`);
  await flush(file);

  const posterFile = path.join(job.workDir, `${job.track}.${nonce}.poster.part`);
  const posterMade = job.poster && (await makePoster(file, posterFile, durationMs));
  return {
    file,
    posterFile: posterMade ? posterFile : null,
    mimeType,
    durationMs,
    sha256: checked.sha256,
    sourceBytes: checked.bytes,
    gaps: short ? mergeGaps([...gaps, { start: durationMs, end: checked.endMs, cause: 'unknown' }]) : gaps,
    // A gap that the recorder has named is no fault of the bytes.
    spoilt: short || checked.gaps.some(({ cause }) => cause === 'unknown'),
  };
}

/** How much of the first `endMs` was recorded, ms, at least. */
function playable(endMs: number, gaps: readonly Gap[]): number {
  return gaps.reduce((ms, { start, end }) => ms - Math.max(0, Math.min(end, endMs) - start), endMs);
}

/** A run that was killed leaves its parts behind; the next one of the same track removes them. */
async function removeLeftovers({ workDir, track }: FinaliseJob): Promise<void> {
  const names = await readdir(workDir);
  await Promise.all(
    names
      .filter((name) => name.startsWith(`${track}.`) && name.endsWith('.part'))
      .map((name) => rm(path.join(workDir, name), { force: true })),
  );
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Eight times as fast as our own copy, where it is installed. Null: not there, or it could not. */
async function copyWithFfmpeg(
  source: string,
  out: string,
  parts: readonly Part[],
  isShort: (ms: number) => boolean,
  onProgress: (ms: number) => void,
): Promise<{ mimeType: 'video/webm' } | null> {
  if (parts.length !== 1 || !(await startsAsWebm(source))) return null;
  try {
    const job = run('ffmpeg', [
      ...['-v', 'error', '-nostdin', '-y', '-progress', 'pipe:1', '-stats_period', '0.5'],
      ...['-i', source, '-map', '0', '-c', 'copy', '-f', 'webm', out],
    ]);
    job.child.stdout?.on('data', (text: string | Buffer) => {
      const micros = /out_time_us=(\d+)/u.exec(String(text))?.[1];
      if (micros) onProgress(Math.round(Number(micros) / 1000));
    });
    await job;
    // What it makes of a cut file is held to the same standard as what we make.
    if (isShort(await durationOf(out))) throw new Error('it did not read to the end');
    return { mimeType: 'video/webm' };
  } catch {
    await rm(out, { force: true });
    return null;
  }
}

async function startsAsWebm(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.readUInt32BE() === 0x1a45dfa3;
  } finally {
    await handle.close();
  }
}

/** A picture from a tenth of the way in, at most 640 wide. False when there is no ffmpeg, or no picture. */
async function makePoster(file: string, out: string, durationMs: number): Promise<boolean> {
  try {
    await run('ffmpeg', [
      ...['-v', 'error', '-nostdin', '-y', '-ss', String(Math.min(durationMs / 10_000, 30)), '-i', file],
      ...['-frames:v', '1', '-vf', "scale='min(640,iw)':-2", '-q:v', '5', '-f', 'mjpeg', out],
    ]);
    await flush(out);
    return true;
  } catch {
    return false;
  }
}
