import { gap, type Gap, slice } from '@parley/protocol/recording';
import { opaqueId, takeDestination } from '@parley/protocol/room-state';
import * as z from 'zod/mini';

/** What a spool must know to be finished by a later visit. */
export const spoolMeta = z.object({
  version: z.literal(1),
  /** The spool's folder: the track's id, or the take's when nothing is uploaded. */
  id: opaqueId,
  take: opaqueId,
  /** Whose it is; not known of old spools. */
  account: z.optional(opaqueId),
  destination: takeDestination,
  title: z.string(),
  /** ms since the epoch, this browser's clock. */
  startedAt: z.number(),
  upload: z.nullable(
    z.object({
      track: opaqueId,
      /** Append-only permission for this one track; the spool is private to the origin. */
      grant: z.string(),
      uploadUrl: z.url(),
      manifestUrl: z.url(),
      maxBytes: z.int().check(z.positive()),
    }),
  ),
});
export type SpoolMeta = Readonly<z.infer<typeof spoolMeta>>;

const entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), meta: spoolMeta }),
  /** The slice's bytes are in the data file and flushed. `at`: ms since the epoch. */
  z.object({ type: z.literal('slice'), slice, at: z.number() }),
  z.object({ type: z.literal('gap'), gap }),
  /** Where tus uploads to; null when that upload is gone from the server. */
  z.object({ type: z.literal('upload'), url: z.nullable(z.url()) }),
  /** Recording has ended: nothing will be added. */
  z.object({ type: z.literal('stopped') }),
  /** The server has every byte and the whole manifest, or the file was handed to the person (destination `device`). */
  z.object({ type: z.literal('delivered'), at: z.number() }),
  /** Nobody needs it any more, but its files could not be deleted yet. */
  z.object({ type: z.literal('discarded') }),
]);
/** One line of a spool's journal. */
export type JournalEntry = z.infer<typeof entry>;

/** All that a journal says, without the slices themselves. */
export interface SpoolContent {
  readonly meta: SpoolMeta;
  readonly slices: number;
  readonly bytes: number;
  /** End of the last slice, ms since the track began. */
  readonly endMs: number;
  /** When the last slice was written, ms since the epoch; the start when there is none. */
  readonly lastAt: number;
  readonly chain: string | null;
  readonly gaps: readonly Gap[];
  readonly uploadUrl: string | null;
  readonly stopped: boolean;
  readonly deliveredAt: number | null;
  readonly discarded: boolean;
}

/** What the journal says after one more entry. */
export function withEntry(content: SpoolContent, added: JournalEntry): SpoolContent {
  switch (added.type) {
    case 'opened':
      return emptyContent(added.meta);
    case 'slice':
      return {
        ...content,
        slices: content.slices + 1,
        bytes: content.bytes + added.slice.bytes,
        endMs: added.slice.end,
        lastAt: added.at,
        chain: added.slice.chain,
      };
    case 'gap':
      return { ...content, gaps: [...content.gaps, added.gap] };
    case 'upload':
      return { ...content, uploadUrl: added.url };
    case 'stopped':
      return { ...content, stopped: true };
    case 'delivered':
      return { ...content, deliveredAt: added.at };
    case 'discarded':
      return { ...content, discarded: true };
  }
}

export function emptyContent(meta: SpoolMeta): SpoolContent {
  return {
    meta,
    slices: 0,
    bytes: 0,
    endMs: 0,
    lastAt: meta.startedAt,
    chain: null,
    gaps: [],
    uploadUrl: null,
    stopped: false,
    deliveredAt: null,
    discarded: false,
  };
}

/** A whole entry, and where its line begins in the journal. */
export interface PlacedEntry {
  readonly entry: JournalEntry;
  readonly offset: number;
  readonly length: number;
}

export const encodeEntry = (added: JournalEntry): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify(added)}\n`);

/** The entries of a journal up to the first line that is torn or unreadable: what a crash left behind is cut there. */
export function decodeJournal(bytes: Uint8Array): readonly PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  const decoder = new TextDecoder();
  let offset = 0;
  for (;;) {
    const newline = bytes.indexOf(0x0a, offset);
    if (newline < 0) return entries;
    const parsed = parseLine(decoder.decode(bytes.subarray(offset, newline)));
    if (!parsed) return entries;
    entries.push({ entry: parsed, offset, length: newline + 1 - offset });
    offset = newline + 1;
  }
}

function parseLine(line: string): JournalEntry | null {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
