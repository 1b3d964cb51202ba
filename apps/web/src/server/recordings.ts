import { gap, type Gap } from '@parley/protocol/recording';
import { opaqueId } from '@parley/protocol/room-state';
import type { Prisma } from '@parley/db/client';
import { z } from 'zod';
import { mayAccess } from './access';
import { answer, type Answer, no } from './answer';
import { database, type Db } from './database';
import type { TrackFailure } from './finalise-track';
import { log } from './log';
import { recordingStore } from './storage';
import { removeUpload } from './upload-store';
import type { CurrentUser, Viewer } from './viewer';

/** How far a recording is. */
export type RecordingState =
  /** The recorder's browser is still sending. */
  | { readonly state: 'receiving' }
  /** All is here; `progressMs` of `ofMs` (null when unknown) are in the finished file. */
  | { readonly state: 'getting-ready'; readonly progressMs: number; readonly ofMs: number | null }
  | { readonly state: 'ready' }
  /** It plays, and these stretches are missing, ms since it began. */
  | { readonly state: 'incomplete'; readonly gaps: readonly Gap[] }
  | { readonly state: 'failed'; readonly failure: TrackFailure };

/** A recording as pages show it. Only made for somebody who may see it. */
export type RecordingView = RecordingState & {
  /** The track's id. */
  readonly id: string;
  readonly take: string;
  /** The meeting's title; empty when it was never given one. */
  readonly title: string;
  readonly meetingSlug: string;
  readonly startedAt: Date;
  readonly durationMs: number | null;
  /** Of the finished file, or what has arrived so far. */
  readonly bytes: number;
  /** Who pressed "Record"; null when the account is gone. */
  readonly by: string | null;
  /** Who was in that session, each once, in the order they came. */
  readonly people: readonly string[];
  /** Null until it can be played. */
  readonly videoUrl: string | null;
  readonly posterUrl: string | null;
  readonly downloadUrl: string | null;
  readonly mayDelete: boolean;
};

/** Most recordings on a page. */
const MOST_LISTED = 100;

const shown = {
  include: {
    startedBy: { select: { name: true } },
    meeting: { select: { title: true, slug: true, ownerId: true, timeZone: true } },
    session: { select: { attendances: { orderBy: { joinedAt: 'asc' }, select: { name: true, participantId: true } } } },
    tracks: { include: { slices: { orderBy: { n: 'desc' }, take: 1, select: { end: true } } } },
  },
} satisfies Prisma.TakeDefaultArgs;
type ShownTake = Prisma.TakeGetPayload<typeof shown>;

/** What `userId` may see, as `mayAccess` says it of one take. */
const visibleTo = (userId: string): Prisma.TakeWhereInput => ({
  destination: 'server',
  AND: [
    // Opened and not heard of by the room, nor by us: nothing to show yet.
    { OR: [{ state: { not: 'opened' } }, { tracks: { some: { uploadedBytes: { gt: 0 } } } }] },
    // Stopped before its first slice, as its recorder says: there is nothing of it anywhere.
    { tracks: { none: { complete: { path: ['slices'], equals: 0 } } } },
    { OR: [{ meeting: { ownerId: userId } }, { session: { attendances: { some: { userId } } } }] },
  ],
});

/** The recordings of a meeting that the viewer may see, newest first, and how many they are with those too many to list. */
export async function recordingsOfMeeting(
  viewer: Viewer,
  meetingId: string,
): Promise<{ readonly recordings: readonly RecordingView[]; readonly total: number }> {
  const { user } = viewer;
  if (!user) return { recordings: [], total: 0 };
  const where = { ...visibleTo(user.id), meetingId };
  const [takes, total] = await Promise.all([
    database().take.findMany({ where, orderBy: { createdAt: 'desc' }, take: MOST_LISTED, ...shown }),
    database().recordingTrack.count({ where: { take: where } }),
  ]);
  return { recordings: takes.flatMap((take) => viewsOf(take, user)), total };
}

/** One page of recordings. */
export interface RecordingPage {
  readonly recordings: readonly RecordingView[];
  /** Pass as `before` for the next page; null on the last. */
  readonly next: string | null;
}

/**
 * All recordings the viewer may see, newest first. `search`: each of its words must occur in the title, or in the name of
 * somebody who was there or who recorded. `before`: `next` of the page before.
 */
export async function recordingsFor(
  viewer: Viewer,
  { search = '', before }: { readonly search?: string; readonly before?: string | undefined } = {},
): Promise<RecordingPage> {
  const { user } = viewer;
  if (!user) return { recordings: [], next: null };
  // PostgreSQL takes no NUL.
  const words = search
    .normalize('NFC')
    .slice(0, 200)
    .split(/[\s\0]+/u)
    .filter(Boolean)
    .slice(0, 10);
  const cursor = isId(before)
    ? await database().take.findFirst({ where: { id: before, ...visibleTo(user.id) } })
    : null;
  const takes = await database().take.findMany({
    where: {
      AND: [visibleTo(user.id), ...words.map(mentions), ...(cursor ? [olderThan(cursor)] : [])],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_LISTED + 1,
    ...shown,
  });
  const page = takes.slice(0, MOST_LISTED);
  return {
    recordings: page.flatMap((take) => viewsOf(take, user)),
    next: takes.length > MOST_LISTED ? (page.at(-1)?.id ?? null) : null,
  };
}

function mentions(word: string): Prisma.TakeWhereInput {
  // Prisma passes these on to ILIKE as they are.
  const name = { contains: word.replace(/[\\%_]/gu, '\\$&'), mode: 'insensitive' } as const;
  return {
    OR: [{ meeting: { title: name } }, { startedBy: { name } }, { session: { attendances: { some: { name } } } }],
  };
}

const olderThan = ({ createdAt, id }: { createdAt: Date; id: string }): Prisma.TakeWhereInput => ({
  OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }],
});

function viewsOf(take: ShownTake, user: CurrentUser): RecordingView[] {
  const people = new Map(take.session?.attendances.map(({ participantId, name }) => [participantId, name]));
  return take.tracks.map((track) => {
    const url = (what: string): string => `/api/recordings/${track.id}/${what}`;
    const playable = track.finalisedAt !== null && track.fileKey !== null;
    return {
      ...stateOf(take, track),
      id: track.id,
      take: take.id,
      title: take.meeting.title,
      meetingSlug: take.meeting.slug,
      startedAt: take.startedAt ?? take.createdAt,
      durationMs: track.durationMs,
      bytes: Number(track.bytes ?? track.uploadedBytes),
      by: take.startedBy?.name ?? null,
      people: [...people.values()],
      videoUrl: playable ? url('video') : null,
      posterUrl: playable && track.posterKey ? url('poster') : null,
      downloadUrl: playable ? url('download') : null,
      mayDelete: take.meeting.ownerId === user.id,
    };
  });
}

function stateOf(take: ShownTake, track: ShownTake['tracks'][number]): RecordingState {
  if (track.finalisedAt) {
    const gaps = z.array(gap).parse(track.missing);
    return gaps.length > 0 ? { state: 'incomplete', gaps } : { state: 'ready' };
  }
  if (track.failure !== null) return { state: 'failed', failure: track.failure as TrackFailure };
  if (take.state === 'finalising') {
    return { state: 'getting-ready', progressMs: track.progressMs, ofMs: track.slices[0]?.end ?? null };
  }
  return { state: 'receiving' };
}

const isId = (text: string | undefined): text is string => opaqueId.safeParse(text).success;

const owned = {
  include: {
    take: {
      include: { startedBy: { select: { name: true } }, meeting: { select: { title: true, timeZone: true } } },
    },
  },
} as const;
/** A finished recording together with its take and what names it. */
export type OwnedTrack = Prisma.RecordingTrackGetPayload<typeof owned>;

/** The recording `id` if the viewer may do `deed` with it; null for everybody and everything else. */
export async function recordingFor(viewer: Viewer, deed: 'see' | 'change', id: string): Promise<OwnedTrack | null> {
  if (!isId(id)) return null;
  const track = await database().recordingTrack.findUnique({ where: { id }, ...owned });
  if (!track || !(await mayAccess(viewer, deed, { type: 'take', takeId: track.takeId }))) return null;
  return track;
}

/** Deletes a recording with its files. One that runs ends: its recorder's grant is gone. Refusals: not-found. */
export async function deleteRecording(viewer: Viewer, id: string): Promise<Answer<null>> {
  const track = await recordingFor(viewer, 'change', id);
  if (!track) return no('not-found');
  await removeTake(track.takeId);
  log().info({ take: track.takeId, track: id }, 'recording deleted');
  return answer(null);
}

/** Deletes the files and takes of a meeting. To be called before its rows go: they are all that knows the files. */
export async function deleteMeetingRecordings(meetingId: string): Promise<void> {
  const takes = await database().take.findMany({ where: { meetingId }, select: { id: true } });
  for (const { id } of takes) await removeTake(id);
}

/**
 * Removes a take for good. The rows go last: as long as one is left, it can be tried again. A finalise job that is at
 * work on it finds no row in the end, and removes what it made.
 */
export async function removeTake(takeId: string): Promise<void> {
  // Before anything is locked: it takes a while with files of gigabytes.
  await removeFiles(database(), takeId);
  await database().$transaction(
    async (db) => {
      // The take first, as a job that ends does: what one has put there meanwhile goes too.
      await db.$queryRaw`SELECT 1 FROM "Take" WHERE "id" = ${takeId} FOR UPDATE`;
      await removeFiles(db, takeId);
      await db.take.deleteMany({ where: { id: takeId } });
    },
    { timeout: 20_000, maxWait: 10_000 },
  );
}

async function removeFiles(db: Db, takeId: string): Promise<void> {
  const store = recordingStore();
  for (const { fileKey, posterKey, uploadId } of await db.recordingTrack.findMany({ where: { takeId } })) {
    if (fileKey) await store.delete(fileKey);
    if (posterKey) await store.delete(posterKey);
    if (uploadId) await removeUpload(uploadId);
  }
}
