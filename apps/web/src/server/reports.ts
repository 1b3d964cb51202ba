import type { Prisma } from '@parley/db/client';
import type { LoggedEvent } from '@parley/protocol/room-state';
import type { Report } from '@parley/protocol/service-calls';
import { database, type Db } from './database';
import { log } from './log';
import { storable } from './storable';

/** A report names a session that belongs to another meeting: signal and web do not mean the same thing. */
export class ReportMismatch extends Error {
  override readonly name = 'ReportMismatch';
}

interface Place {
  readonly meetingId: string;
  readonly sessionId: string;
}

/**
 * Stores what signal reports of a room, all of it or nothing. Idempotent: (session, revision) names an event for good, so events
 * that are stored already are passed over, and events after a gap are left for the next report.
 * @returns the last revision of this session that is stored; null for a meeting that was deleted
 * @throws ReportMismatch
 */
export async function storeReport({ meeting: meetingId, session: sessionId, events }: Report): Promise<number | null> {
  return database().$transaction(
    async (tx) => {
      // Held until the end, so that the meeting is not deleted under us, nor its session opened twice.
      const meetings = await tx.$queryRaw<unknown[]>`SELECT 1 FROM "Meeting" WHERE id = ${meetingId} FOR NO KEY UPDATE`;
      if (meetings.length === 0) return null;
      const place = { meetingId, sessionId };
      let stored = await storedRevision(tx, place, events[0]);
      const seenBefore = stored;
      for (const logged of events) {
        if (logged.revision <= stored) continue;
        if (logged.revision !== stored + 1) break;
        await storeEvent(tx, place, logged);
        stored = logged.revision;
      }
      if (stored > seenBefore) {
        const at = new Date(Math.max(...events.filter((e) => e.revision <= stored).map((e) => e.at)));
        await tx.roomSession.update({ where: { id: sessionId }, data: { revision: stored } });
        await tx.meeting.updateMany({
          where: { id: meetingId, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: at } }] },
          data: { lastUsedAt: at },
        });
      }
      return stored;
    },
    { timeout: 20_000, maxWait: 10_000 },
  );
}

/** The revision stored so far; the session is made when `first` opens it. */
async function storedRevision(
  tx: Db,
  { meetingId, sessionId }: Place,
  first: LoggedEvent | undefined,
): Promise<number> {
  const session = await tx.roomSession.findUnique({ where: { id: sessionId } });
  if (session) {
    if (session.meetingId !== meetingId) throw new ReportMismatch('The session belongs to another meeting.');
    return session.revision;
  }
  if (first?.event.type !== 'opened' || first.revision !== 1) return 0;
  const startedAt = new Date(first.at);
  // A room has one session at a time: an earlier one whose end was never reported has ended by now.
  const earlier = { meetingId, startedAt: { lt: startedAt } };
  await tx.roomSession.updateMany({ where: { ...earlier, endedAt: null }, data: { endedAt: startedAt } });
  await tx.attendance.updateMany({ where: { session: earlier, leftAt: null }, data: { leftAt: startedAt } });
  await tx.roomSession.create({ data: { id: sessionId, meetingId, startedAt } });
  log().info({ room: meetingId, session: sessionId }, 'session opened');
  return 0;
}

async function storeEvent(tx: Db, place: Place, { revision, at, event }: LoggedEvent): Promise<void> {
  const { sessionId } = place;
  const when = new Date(at);
  switch (event.type) {
    case 'joined': {
      const { id: participantId, name, guest, joinedAt } = event.participant;
      await tx.attendance.createMany({
        data: {
          sessionId,
          participantId,
          name,
          guest,
          userId: await userOf(tx, place, participantId),
          joinedAt: new Date(joinedAt),
        },
        skipDuplicates: true,
      });
      return;
    }
    case 'returned':
      await tx.attendance.updateMany({
        where: { sessionId, participantId: event.participant, ...stillThere(when) },
        data: { name: event.name },
      });
      return;
    case 'left':
      await tx.attendance.updateMany({
        where: { sessionId, participantId: event.participant, ...stillThere(when) },
        data: { leftAt: when },
      });
      if (event.why === 'removed') await ban(tx, place, event.participant, when);
      return;
    case 'chat-sent': {
      const { from: participantId, name, text } = event.message;
      await tx.chatMessage.createMany({
        data: { sessionId, revision, participantId, name, text: storable(text), at: when },
        skipDuplicates: true,
      });
      return;
    }
    case 'take-started':
      // Its permit may start a take again after signal has forgotten it: the bytes are those of the first time.
      await tx.take.updateMany({
        where: { id: event.take, meetingId: place.meetingId, startedAt: null },
        data: { sessionId, startedAt: when },
      });
      await tx.take.updateMany({
        where: { id: event.take, meetingId: place.meetingId, state: 'opened' },
        data: { state: 'recording' },
      });
      return;
    case 'take-stopped':
      await stopTakes(tx, { id: event.take, meetingId: place.meetingId }, when);
      return;
    case 'ended':
      await tx.roomSession.update({ where: { id: sessionId }, data: { endedAt: when } });
      await tx.attendance.updateMany({ where: { sessionId, ...stillThere(when) }, data: { leftAt: when } });
      await stopTakes(tx, { sessionId }, when);
      log().info({ room: place.meetingId, session: sessionId }, 'session ended');
      return;
    // What passes with the room, and is not part of its history.
    case 'opened':
    case 'settings-changed':
    case 'went-away':
    case 'published':
    case 'unpublished':
    case 'muted-set':
    case 'hand-set':
    case 'reacted':
    case 'take-noticed':
      return;
  }
}

/**
 * Stays that had not ended by `when`. One with a later end was closed because the next session was reported first, as after a
 * time without web: what is told of it now is what really was.
 */
const stillThere = (when: Date): Prisma.AttendanceWhereInput => ({ OR: [{ leftAt: null }, { leftAt: { gt: when } }] });

/** A take has stopped: its bytes may still arrive. One that web has finished meanwhile is left as it is; a device take is done. */
async function stopTakes(tx: Db, where: Prisma.TakeWhereInput, stoppedAt: Date): Promise<void> {
  await tx.take.updateMany({ where: { ...where, stoppedAt: null }, data: { stoppedAt } });
  const running: Prisma.TakeWhereInput = { ...where, state: { in: ['opened', 'recording'] } };
  await tx.take.updateMany({ where: { ...running, destination: 'device' }, data: { state: 'ready' } });
  await tx.take.updateMany({ where: running, data: { state: 'receiving' } });
}

async function subjectAt(tx: Db, { meetingId }: Place, participantId: string): Promise<string | null> {
  const seat = await tx.seat.findUnique({ where: { meetingId_participantId: { meetingId, participantId } } });
  return seat?.subject ?? null;
}

/** The account behind a participant, unless it is a guest or the account is gone. */
async function userOf(tx: Db, place: Place, participantId: string): Promise<string | null> {
  const subject = await subjectAt(tx, place, participantId);
  if (!subject?.startsWith('user:')) return null;
  const user = await tx.user.findUnique({ where: { id: subject.slice('user:'.length) }, select: { id: true } });
  return user?.id ?? null;
}

async function ban(tx: Db, place: Place, participantId: string, createdAt: Date): Promise<void> {
  const subject = await subjectAt(tx, place, participantId);
  if (!subject) return;
  await tx.ban.createMany({ data: { meetingId: place.meetingId, subject, createdAt }, skipDuplicates: true });
}
