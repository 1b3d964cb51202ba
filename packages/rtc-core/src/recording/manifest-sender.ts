import { type ManifestReply, manifestReply, type ManifestUpdate, type Slice } from '@parley/protocol/recording';
import { RtcError } from '../errors';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import type { SpoolContent } from './journal';
import { createBackoff, isFromWeb, pause, verdictOf } from './retry';

/** Where the manifest comes from: a spool. */
export interface ManifestSource {
  content(): SpoolContent;
  slices(from: number, count: number): Promise<readonly Slice[]>;
  onGrowth(listener: () => void): () => void;
}

export interface ManifestOptions {
  readonly manifestUrl: string;
  readonly grant: string;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Between two updates while recording, ms. */
const EVERY_MS = 2_000;
/** Slices in one update: about 120 kB of JSON. */
const MOST_SLICES = 500;
/** As many as an update may have. */
const MOST_GAPS = 1_000;
const PATIENCE_MS = 30_000;
const LONGEST_POLL_MS = 10_000;

/**
 * Tells the server the manifest while it grows. Resolves when the server has all of it, the end included.
 * @throws RtcError `upload-refused`; the signal's reason when aborted.
 */
export async function sendManifest(source: ManifestSource, options: ManifestOptions): Promise<void> {
  const backoff = createBackoff(options.platform);
  let sent = 0;
  let gapsSent = 0;
  // An ended track was recorded by an earlier page, and a power cut may have taken from the disk what the server has already:
  // that is asked before the end is told, for the server would refuse an end that it knows to be none.
  let asks = source.content().stopped;
  for (;;) {
    const { stopped, slices, bytes, chain, gaps } = source.content();
    const next = await source.slices(sent, MOST_SLICES);
    const nextGaps = gaps.slice(gapsSent, gapsSent + MOST_GAPS);
    const isLast = stopped && !asks && sent + next.length >= slices && gapsSent + nextGaps.length >= gaps.length;
    const update: ManifestUpdate = {
      slices: [...next],
      ...(nextGaps.length > 0 ? { gaps: nextGaps } : {}),
      ...(isLast ? { complete: { slices, bytes, chain } } : {}),
    };
    if (next.length > 0 || isLast || asks || nextGaps.length > 0) {
      const reply = await post(update, options);
      if (reply === 'ended') return;
      if (!reply) {
        await backoff.wait(options.signal);
        continue;
      }
      backoff.reset();
      if (asks && reply.slices > slices) return;
      asks = false;
      // A server set back to an older copy gets again what it lacks.
      gapsSent = reply.slices < sent + next.length ? 0 : gapsSent + nextGaps.length;
      sent = Math.min(sent + next.length, reply.slices);
      if (isLast && sent >= slices) return;
    }
    const behind = source.content().slices - sent >= MOST_SLICES || gaps.length > gapsSent || isLast;
    if (behind) options.signal.throwIfAborted();
    else await pauseUntilStopped(source, options);
  }
}

/**
 * What the server has made of a track that it was given: `finalised`, it needs nothing more; `lacking`, it could not make
 * the file or has lost a part of what this browser holds; null, it is not ready yet or does not say.
 * @throws RtcError `upload-refused` when it knows of no such track.
 */
export async function askOutcome(
  held: SpoolContent,
  options: ManifestOptions,
): Promise<'finalised' | 'lacking' | null> {
  const reply = await post({ slices: [] }, options);
  if (!reply) return null;
  if (reply === 'ended' || reply.state === 'finalised') return 'finalised';
  const lacks = reply.uploadedBytes < held.bytes || reply.slices < held.slices;
  return lacks || reply.state === 'failed' ? 'lacking' : null;
}

/** Asks until the server has finalised the track, or lacks what it needs for it. */
export async function awaitOutcome(held: SpoolContent, options: ManifestOptions): Promise<'finalised' | 'lacking'> {
  for (let wait = 500; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
    const outcome = await askOutcome(held, options);
    if (outcome) return outcome;
    await pause(wait, options);
  }
}

/** @returns `ended` when the grant has ended after nothing was missing of the track; null when another attempt may succeed. */
async function post(update: ManifestUpdate, options: ManifestOptions): Promise<ManifestReply | 'ended' | null> {
  const { manifestUrl, grant, signal, logger } = options;
  signal.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', abort);
  const timer = setTimeout(() => controller.abort(new Error('No answer.')), PATIENCE_MS);
  try {
    const response = await fetch(manifestUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${grant}` },
      body: JSON.stringify(update),
      signal: controller.signal,
    });
    if (response.ok) return manifestReply.parse(await response.json());
    const fromWeb = await isFromWeb(response);
    if (response.status === 410 && fromWeb) return 'ended';
    // 409 is a conflict of offsets to tus and passes; here it says that web holds other slices than ours, and stays.
    const refused = response.status === 409 || verdictOf(response.status) === 'refused';
    if (refused && fromWeb) throw new RtcError('upload-refused', { detail: `manifest: HTTP ${response.status}` });
    logger.warn('manifest not taken', { status: response.status });
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RtcError) throw error;
    logger.warn('manifest not sent', { reason: String(error) });
    return null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves after EVERY_MS, or at once when the recording has stopped. */
async function pauseUntilStopped(source: ManifestSource, { platform, signal }: ManifestOptions): Promise<void> {
  if (source.content().stopped) return;
  const stopped = new AbortController();
  const abort = (): void => stopped.abort();
  const stopListening = source.onGrowth(() => source.content().stopped && abort());
  signal.addEventListener('abort', abort);
  try {
    await pause(EVERY_MS, { platform, signal: stopped.signal });
  } catch {
    signal.throwIfAborted();
  } finally {
    stopListening();
    signal.removeEventListener('abort', abort);
  }
}
