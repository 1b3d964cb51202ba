import { createHash } from 'node:crypto';
import {
  chainText,
  gap,
  slice,
  type Gap,
  type ManifestReply,
  type ManifestUpdate,
  type Slice,
} from '@parley/protocol/recording';
import { Prisma } from '@parley/db/client';
import { z } from 'zod';
import { database, type Db } from './database';
import { isSettled, type GrantedTrack } from './grants';
import { mergeGaps } from './finalise-check';
import { enqueue } from './jobs';
import { arrived, touchUpload } from './upload-store';

const storedGaps = z.array(gap);
/** How a recorder ended its track: `complete` of the manifest. */
export const completion = z.object({
  slices: z.number().int(),
  bytes: z.number().int(),
  chain: z.string().nullable(),
});
export type Completion = z.infer<typeof completion>;

/** What is posted does not go with what is held: another slice under the same number, or a chain that does not hold. */
export class ManifestConflict extends Error {
  override readonly name = 'ManifestConflict';
}

/**
 * Adds to a track's manifest. Idempotent by slice number. Slices that do not follow what is held are left out: the
 * reply says how many are held, and the recorder goes on from there.
 *
 * @throws ManifestConflict
 */
export async function extendManifest(track: GrantedTrack, update: ManifestUpdate): Promise<ManifestReply> {
  if (!isSettled(track)) {
    const grew = await database().$transaction((db) => merge(db, track.id, update));
    // One that only asks is no recorder at work: it may have nothing more to send.
    if (grew) await touchUpload(track.uploadId);
    await finaliseIfWhole(track.id);
  }
  return manifestReply(track.id);
}

/** @returns whether there are slices in it that were not held before */
async function merge(db: Db, trackId: string, update: ManifestUpdate): Promise<boolean> {
  // Two posts of one recorder may overlap: the row is the queue.
  const rows = await db.$queryRaw<{ gaps: unknown; complete: unknown }[]>(
    Prisma.sql`SELECT "gaps", "complete" FROM "RecordingTrack" WHERE "id" = ${trackId} FOR UPDATE`,
  );
  const row = rows[0];
  if (!row) throw new ManifestConflict('the track is gone');
  const held = await heldSlices(db, trackId);
  const ended = completion.nullable().parse(row.complete);
  const given = [...update.slices].sort((a, b) => a.n - b.n);

  await mustAgree(
    db,
    trackId,
    given.filter(({ n }) => n < held.count),
  );
  const added = followers(held, given);
  const count = held.count + added.length;
  const last = added.at(-1)?.chain ?? held.chain;
  const bytes = added.reduce((sum, { bytes }) => sum + bytes, held.bytes);
  const said = update.complete && (await endOf(db, trackId, update.complete, { slices: count, bytes, chain: last }));
  const complete = said ?? ended;
  if (ended && said && !sameCompletion(ended, said)) throw new ManifestConflict('it ended otherwise');
  if (complete) {
    const whole = count === complete.slices && bytes === complete.bytes && last === complete.chain;
    if (count >= complete.slices && !whole) throw new ManifestConflict('the slices do not add up to the end');
  }

  if (added.length > 0) await db.recordingSlice.createMany({ data: added.map((s) => ({ ...s, trackId })) });
  const gaps = update.gaps?.length ? mergeGaps(withoutRepeats([...storedGaps.parse(row.gaps), ...update.gaps])) : null;
  if (gaps || (said && !ended)) {
    await db.recordingTrack.update({
      where: { id: trackId },
      data: { ...(gaps ? { gaps } : {}), ...(said ? { complete: said } : {}) },
    });
  }
  return added.length > 0;
}

async function heldSlices(db: Db, trackId: string): Promise<{ count: number; bytes: number; chain: string | null }> {
  const [sum, last] = await Promise.all([
    db.recordingSlice.aggregate({ where: { trackId }, _count: true, _sum: { bytes: true } }),
    db.recordingSlice.findFirst({ where: { trackId }, orderBy: { n: 'desc' }, select: { chain: true } }),
  ]);
  return { count: sum._count, bytes: sum._sum.bytes ?? 0, chain: last?.chain ?? null };
}

/** Numbers below the count are held already: what comes again must be the same. A chain covers all that a slice says. */
async function mustAgree(db: Db, trackId: string, given: readonly Slice[]): Promise<void> {
  if (given.length === 0) return;
  const same = await db.recordingSlice.findMany({
    where: { trackId, n: { in: given.map(({ n }) => n) } },
    orderBy: { n: 'asc' },
  });
  for (const s of given) {
    const kept = same.find(({ n }) => n === s.n);
    if (kept?.chain !== s.chain) throw new ManifestConflict(`slice ${s.n} is another one`);
  }
}

/** The slices that go on where the held ones end, each proven by its chain. */
function followers(held: { count: number; chain: string | null }, given: readonly Slice[]): Slice[] {
  const added: Slice[] = [];
  let { count, chain } = held;
  for (const s of given) {
    if (s.n < count) continue;
    if (s.n > count) break;
    if (s.end < s.start) throw new ManifestConflict(`slice ${s.n} ends before it starts`);
    if (createHash('sha256').update(chainText(chain, s)).digest('hex') !== s.chain) {
      throw new ManifestConflict(`slice ${s.n} does not follow the one before`);
    }
    added.push(s);
    chain = s.chain;
    count++;
  }
  return added;
}

/**
 * Where the track ends when its recorder says that it is at `said`. A power cut may have taken slices from the recorder's
 * disk that had been sent: if its end is one that the held chain has passed, the track ends where that does.
 */
async function endOf(db: Db, trackId: string, said: Completion, held: Completion): Promise<Completion> {
  if (said.slices >= held.slices) return said;
  const last = await db.recordingSlice.findFirst({ where: { trackId, n: said.slices - 1 }, select: { chain: true } });
  return last?.chain === said.chain ? held : said;
}

const sameCompletion = (a: Completion, b: Completion): boolean =>
  a.slices === b.slices && a.bytes === b.bytes && a.chain === b.chain;

function withoutRepeats(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((g) => [`${g.start} ${g.end} ${g.cause}`, g])).values()];
}

/** The manifest of a track as far as it is known. */
export async function readManifest(
  trackId: string,
): Promise<{ slices: Slice[]; gaps: Gap[]; complete: Completion | null }> {
  const track = await database().recordingTrack.findUniqueOrThrow({
    where: { id: trackId },
    include: { slices: { orderBy: { n: 'asc' }, omit: { trackId: true } } },
  });
  return {
    slices: z.array(slice).parse(track.slices),
    gaps: storedGaps.parse(track.gaps),
    complete: completion.nullable().parse(track.complete),
  };
}

/** Asks for the track to be made ready once its end is known and every byte and slice is here. */
export async function finaliseIfWhole(trackId: string): Promise<void> {
  const track = await database().recordingTrack.findUnique({ where: { id: trackId } });
  // A failed track stays so until more of it arrives, which clears the failure.
  if (track && !isSettled(track) && track.failure === null && (await isWhole(track))) await requestFinalise(track);
}

/** Asks for the track to be made ready out of what is here now. */
export async function requestFinalise(track: { id: string; takeId: string }): Promise<void> {
  await database().take.updateMany({
    where: { id: track.takeId, state: { not: 'ready' } },
    data: { state: 'finalising' },
  });
  await enqueue('finalise', track.id);
}

/** Whether the recorder has said the end, and all slices and bytes up to it are here. */
export async function isWhole(track: { id: string; uploadId: string | null; complete: unknown }): Promise<boolean> {
  const complete = completion.nullable().parse(track.complete);
  if (!complete) return false;
  const here = await arrived(track.uploadId);
  if ((here?.bytes ?? 0) < complete.bytes) return false;
  return (await database().recordingSlice.count({ where: { trackId: track.id } })) >= complete.slices;
}

async function manifestReply(trackId: string): Promise<ManifestReply> {
  const track = await database().recordingTrack.findUniqueOrThrow({
    where: { id: trackId },
    include: { _count: { select: { slices: true } } },
  });
  const here = await arrived(track.uploadId);
  return {
    slices: track._count.slices,
    uploadedBytes: here?.bytes ?? Number(track.uploadedBytes),
    state: isSettled(track)
      ? 'finalised'
      : track.failure !== null
        ? 'failed'
        : (await isWhole(track))
          ? 'finalising'
          : 'receiving',
  };
}
