import type { Prisma } from '@parley/db/client';
import { mayAccess } from './access';
import { database } from './database';
import { currentInviteLink } from './invites';
import { participantIdOf } from './participants';
import { isSlug } from './slug';
import type { CurrentUser, Viewer } from './viewer';

/** Most meetings a list shows, of those to come and of those that were. */
const MOST_LISTED = 200;
/** Most messages of a session's chat that a page shows. */
const MOST_MESSAGES = 5_000;
/** No meeting is scheduled for longer, ms. */
const LONGEST_MS = 24 * 3_600_000;

/** A line of the meetings page. */
export interface ListedMeeting {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** False: somebody else's, where this user was. */
  readonly mine: boolean;
  readonly startsAt: Date | null;
  readonly durationMinutes: number | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/**
 * The meetings of a user: their own and those they were in. `upcoming` soonest first, `past` latest use first. `hasOlderPast`: there
 * are more than are listed.
 */
export async function listMeetings(
  user: CurrentUser,
  now = new Date(),
): Promise<{
  readonly upcoming: readonly ListedMeeting[];
  readonly past: readonly ListedMeeting[];
  readonly hasOlderPast: boolean;
}> {
  const theirs: Prisma.MeetingWhereInput = {
    OR: [{ ownerId: user.id }, { sessions: { some: { attendances: { some: { userId: user.id } } } } }],
  };
  // Meetings that began earlier than this are over.
  const from = new Date(now.getTime() - LONGEST_MS);
  const [dated, others] = await Promise.all([
    database().meeting.findMany({
      where: { AND: [theirs, { startsAt: { gt: from } }] },
      orderBy: { startsAt: 'asc' },
      take: MOST_LISTED,
    }),
    database().meeting.findMany({
      where: { AND: [theirs, { OR: [{ startsAt: null }, { startsAt: { lte: from } }] }] },
      orderBy: [{ lastUsedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'desc' }],
      take: MOST_LISTED + 1,
    }),
  ]);
  const meetings = [...dated, ...others.slice(0, MOST_LISTED)].map((row) => ({
    id: row.id,
    slug: row.slug,
    title: row.title,
    mine: row.ownerId === user.id,
    startsAt: row.startsAt,
    durationMinutes: row.durationMinutes,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  }));
  const isUpcoming = (m: ListedMeeting) =>
    m.startsAt !== null && m.startsAt.getTime() + (m.durationMinutes ?? 0) * 60_000 > now.getTime();
  const lastUse = (m: ListedMeeting) => (m.lastUsedAt ?? m.startsAt ?? m.createdAt).getTime();
  return {
    upcoming: meetings
      .filter(isUpcoming)
      .toSorted((a, b) => (a.startsAt?.getTime() ?? 0) - (b.startsAt?.getTime() ?? 0)),
    past: meetings.filter((m) => !isUpcoming(m)).toSorted((a, b) => lastUse(b) - lastUse(a)),
    hasOlderPast: others.length > MOST_LISTED,
  };
}

/** One opening of the room, as the meeting's page shows it. */
export interface ShownSession {
  readonly id: string;
  readonly startedAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  /** One entry per stay, in the order they came. */
  readonly people: readonly {
    readonly participantId: string;
    readonly name: string;
    readonly guest: boolean;
    readonly joinedAt: Date;
    readonly leftAt: Date | null;
  }[];
  readonly chat: readonly {
    readonly revision: number;
    readonly name: string;
    readonly text: string;
    readonly at: Date;
  }[];
  /** More was written after what `chat` holds. */
  readonly hasLaterChat: boolean;
}

/** The meeting's page. */
export interface MeetingPage {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly ownerName: string;
  /** The participant that the owner is. */
  readonly hostId: string;
  /** Everybody else who was in the shown sessions, by their newest name; who was in the latest session first. */
  readonly others: readonly Pick<ShownSession['people'][number], 'participantId' | 'name' | 'guest'>[];
  readonly mine: boolean;
  readonly startsAt: Date | null;
  readonly durationMinutes: number | null;
  readonly timeZone: string | null;
  /** For its owner alone. */
  readonly inviteLink: string | null;
  /** The latest of the sessions the viewer may see: of all for the owner, of their own for anybody else. Latest first. */
  readonly sessions: readonly ShownSession[];
  readonly hasOlderSessions: boolean;
}

/** Sessions of a meeting's page, each with its people and its chat, and how many more each "Older sessions" brings. */
export const SESSIONS_SHOWN = 20;

/**
 * What `/meetings/<slug>` shows to `viewer`, with the latest `most` sessions; null is shown as 404, whether the meeting exists or
 * not.
 */
export async function meetingPage(viewer: Viewer, slug: string, most = SESSIONS_SHOWN): Promise<MeetingPage | null> {
  if (!isSlug(slug)) return null;
  const meeting = await database().meeting.findUnique({
    where: { slug },
    include: { owner: { select: { name: true } } },
  });
  if (!meeting || !viewer.user) return null;
  if (!(await mayAccess(viewer, 'see', { type: 'meeting', meetingId: meeting.id }))) return null;
  const mine = meeting.ownerId === viewer.user.id;
  const sessions = await database().roomSession.findMany({
    where: { meetingId: meeting.id, ...(mine ? {} : { attendances: { some: { userId: viewer.user.id } } }) },
    orderBy: { startedAt: 'desc' },
    take: most + 1,
    include: {
      attendances: { orderBy: { joinedAt: 'asc' } },
      chat: { orderBy: { revision: 'asc' }, take: MOST_MESSAGES + 1 },
    },
  });
  const hostId = participantIdOf(meeting.id, `user:${meeting.ownerId}`);
  return {
    id: meeting.id,
    slug: meeting.slug,
    title: meeting.title,
    description: meeting.description,
    ownerName: meeting.owner.name,
    hostId,
    others: othersThan(
      hostId,
      sessions.slice(0, most).flatMap(({ attendances }) => attendances),
    ),
    mine,
    startsAt: meeting.startsAt,
    durationMinutes: meeting.durationMinutes,
    timeZone: meeting.timeZone,
    inviteLink: mine ? await currentInviteLink(meeting.id) : null,
    hasOlderSessions: sessions.length > most,
    sessions: sessions.slice(0, most).map(({ id, startedAt, endedAt, attendances, chat }) => ({
      id,
      startedAt,
      endedAt,
      people: attendances.map(({ participantId, name, guest, joinedAt, leftAt }) => ({
        participantId,
        name,
        guest,
        joinedAt,
        leftAt,
      })),
      chat: chat.slice(0, MOST_MESSAGES).map(({ revision, name, text, at }) => ({ revision, name, text, at })),
      hasLaterChat: chat.length > MOST_MESSAGES,
    })),
  };
}

/** Whose stays these are besides `hostId`, each once, as they first come up, by the name of their newest stay. */
function othersThan(hostId: string, stays: ShownSession['people']): MeetingPage['others'] {
  const inTime = stays.toSorted((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime());
  const newest = new Map(inTime.map((stay) => [stay.participantId, stay]));
  return [...new Set(stays.map(({ participantId }) => participantId))]
    .filter((participantId) => participantId !== hostId)
    .flatMap((participantId) => newest.get(participantId) ?? [])
    .map(({ participantId, name, guest }) => ({ participantId, name, guest }));
}
