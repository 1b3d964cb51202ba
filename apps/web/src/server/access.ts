import { opaqueId } from '@parley/protocol/room-state';
import { database } from './database';
import { seatedSubject } from './participants';
import { subjectsOf, type Viewer } from './viewer';

/** What is asked for. Ids are database ids; one that does not exist is answered like one that is not allowed. */
export type Thing =
  /** The door and the call. */
  | { readonly type: 'door'; readonly meetingId: string }
  /** The meeting's page: its title and the sessions one was in. */
  | { readonly type: 'meeting'; readonly meetingId: string }
  /** One opening of the room: who was there, the chat. */
  | { readonly type: 'session'; readonly sessionId: string }
  /** A recording and everything of it: player, ranges, poster, download. */
  | { readonly type: 'take'; readonly takeId: string };

/**
 * `see`: the owner; signed-in people for the sessions they were in, with the recordings of those; for the door, who was admitted
 * or is seated.
 * `host`: start a take, remove people: the owner. `change`: rename, delete, renew the invite, delete a recording: the owner.
 */
export type Deed = 'see' | 'host' | 'change';

/**
 * The one answer to "may they?", asked by every page, route and action. Deny unless allowed; a false is shown as 404, whether
 * the thing exists or not. A true means as well that the id is an id: callers may use it in queries.
 */
export async function mayAccess(viewer: Viewer, deed: Deed, thing: Thing): Promise<boolean> {
  // React decodes whatever a browser sends to a server action, and an object here would be a filter: `{ not: 'x' }` is everybody's.
  if (!opaqueId.safeParse(idOf(thing)).success) return false;
  const userId = viewer.user?.id;
  switch (thing.type) {
    case 'door':
      if (userId && (await ownsMeeting(userId, thing.meetingId))) return true;
      return deed === 'see' && (await subjectAtDoor(viewer, thing.meetingId)) !== null;
    case 'meeting': {
      if (!userId) return false;
      if (await ownsMeeting(userId, thing.meetingId)) return true;
      return deed === 'see' && (await attended(userId, { meetingId: thing.meetingId }));
    }
    case 'session': {
      if (!userId) return false;
      const session = await database().roomSession.findUnique({
        where: { id: thing.sessionId },
        select: { meetingId: true },
      });
      if (!session) return false;
      if (await ownsMeeting(userId, session.meetingId)) return true;
      return deed === 'see' && (await attended(userId, { sessionId: thing.sessionId }));
    }
    case 'take': {
      if (!userId) return false;
      const take = await database().take.findUnique({
        where: { id: thing.takeId },
        select: { meetingId: true, sessionId: true },
      });
      if (!take) return false;
      if (await ownsMeeting(userId, take.meetingId)) return true;
      return deed === 'see' && take.sessionId !== null && (await attended(userId, { sessionId: take.sessionId }));
    }
  }
}

/**
 * As whom the viewer may come in without owning the meeting: the first of their subjects with an admission whose invite is alive
 * (not renewed, not expired), else the first that sits in the room: an invite that ended stops new entries, not people who are in
 * and load the page again. Null: they may not, or one of their subjects has a ban.
 */
export async function subjectAtDoor(viewer: Viewer, meetingId: string, now = new Date()): Promise<string | null> {
  const subjects = subjectsOf(viewer);
  if (subjects.length === 0) return null;
  const [bans, admissions] = await Promise.all([
    database().ban.count({ where: { meetingId, subject: { in: subjects } } }),
    database().admission.findMany({
      where: {
        meetingId,
        subject: { in: subjects },
        invite: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      },
      select: { subject: true },
    }),
  ]);
  // A ban on one of them holds for all: signing in, or out, is no way back.
  if (bans > 0) return null;
  const admitted = subjects.find((subject) => admissions.some((admission) => admission.subject === subject));
  return admitted ?? (await seatedSubject(meetingId, subjects));
}

function idOf(thing: Thing): string {
  switch (thing.type) {
    case 'door':
    case 'meeting':
      return thing.meetingId;
    case 'session':
      return thing.sessionId;
    case 'take':
      return thing.takeId;
  }
}

async function ownsMeeting(userId: string, meetingId: string): Promise<boolean> {
  return (await database().meeting.count({ where: { id: meetingId, ownerId: userId } })) > 0;
}

async function attended(userId: string, where: { meetingId: string } | { sessionId: string }): Promise<boolean> {
  const session = 'meetingId' in where ? { session: { meetingId: where.meetingId } } : { sessionId: where.sessionId };
  return (await database().attendance.count({ where: { userId, ...session } })) > 0;
}
