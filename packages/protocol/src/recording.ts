import * as z from 'zod/mini';
import { opaqueId, takeDestination } from './room-state';

/** Length of a slice asked of MediaRecorder, ms. */
export const SLICE_MS = 500;

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/u));

/**
 * A chunk of a recording track, in order and without holes in `n`. `chain` is
 * SHA-256(previous chain ++ "\n" ++ n ++ "\n" ++ start ++ "\n" ++ end ++ "\n" ++ bytes ++ "\n" ++ sha256) in hex,
 * the first chained to the empty string: whoever holds the last chain can tell whether any slice is missing or altered.
 */
export const slice = z.object({
  n: z.int().check(z.nonnegative()),
  /** Milliseconds since the first slice of the track began, by the recorder's monotonic clock. */
  start: z.number().check(z.nonnegative()),
  end: z.number().check(z.nonnegative()),
  bytes: z.int().check(z.nonnegative()),
  sha256,
  chain: sha256,
});
export type Slice = Readonly<z.infer<typeof slice>>;

/** A stretch that is not in the recording, ms since the track began, and why. */
export const gap = z.object({
  start: z.number().check(z.nonnegative()),
  end: z.number().check(z.nonnegative()),
  cause: z.enum([
    'recorder-closed',
    'recorder-suspended',
    'storage-full',
    'size-limit',
    'encoder-failed',
    'not-uploaded',
    'unknown',
  ]),
});
export type Gap = Readonly<z.infer<typeof gap>>;

/**
 * POST to a track's `manifestUrl` with `Authorization: Bearer <grant>`: more of the manifest. Idempotent by `n`.
 * `complete` ends the track: how many slices and bytes it has in all, and the last chain.
 */
export const manifestUpdate = z.object({
  slices: z.array(slice).check(z.maxLength(2_000)),
  gaps: z.optional(z.array(gap).check(z.maxLength(1_000))),
  complete: z.optional(
    z.object({
      slices: z.int().check(z.nonnegative()),
      bytes: z.int().check(z.nonnegative()),
      chain: z.nullable(sha256),
    }),
  ),
});
export type ManifestUpdate = z.infer<typeof manifestUpdate>;
/** What web holds of the track now. `finalised`: the browser may delete its slices; `failed`: web made nothing whole of what arrived, keep them. */
export const manifestReply = z.object({
  /** Possibly more than the browser has: a power cut may have taken some from its disk. It has nothing to send then. */
  slices: z.int().check(z.nonnegative()),
  uploadedBytes: z.int().check(z.nonnegative()),
  state: z.enum(['receiving', 'finalising', 'finalised', 'failed']),
});
export type ManifestReply = z.infer<typeof manifestReply>;

/** POST /api/takes: create a take before the room hears of it. */
export const openTakeRequest = z.object({ meeting: opaqueId, destination: takeDestination });
export const openTakeReply = z.object({
  take: opaqueId,
  /** Whose take it is, kept with the spool: other accounts of that browser are not told of it. */
  account: z.optional(opaqueId),
  /** For the room's `start-take`. */
  permit: z.string(),
  /** Absent when the destination is the device. */
  upload: z.optional(
    z.object({
      track: opaqueId,
      /** Append-only permission for this track, kept with the spool; good until finalised + 7 days. */
      grant: z.string(),
      /** tus creation endpoint (tus 1.0.0, creation + creation-defer-length). Metadata: `track`. */
      uploadUrl: z.string(),
      manifestUrl: z.string(),
      maxBytes: z.int().check(z.positive()),
    }),
  ),
});
export type OpenTakeReply = z.infer<typeof openTakeReply>;

/** The text whose SHA-256 is a slice's `chain`. */
export function chainText(previous: string | null, s: Omit<Slice, 'chain'>): string {
  return [previous ?? '', s.n, s.start, s.end, s.bytes, s.sha256].join('\n');
}
