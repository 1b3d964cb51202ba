import { database } from './database';
import type { CurrentUser } from './viewer';

/** The latest opening of a meeting's room that a user may see. */
export interface MeetingActivity {
  /** Whose meeting it is: what it is called by when it has no title. */
  readonly ownerName: string;
  readonly startedAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  /** Who was there, in the order they came; while it runs: who is there now. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

/** The latest session of each of these meetings, by meeting id: any for their owner, only their own for anybody else. */
export async function meetingActivity(
  user: CurrentUser,
  meetingIds: readonly string[],
): Promise<ReadonlyMap<string, MeetingActivity>> {
  const sessions = await database().roomSession.findMany({
    where: {
      meetingId: { in: [...meetingIds] },
      OR: [{ meeting: { ownerId: user.id } }, { attendances: { some: { userId: user.id } } }],
    },
    distinct: ['meetingId'],
    orderBy: [{ meetingId: 'asc' }, { startedAt: 'desc' }],
    include: {
      attendances: { orderBy: { joinedAt: 'asc' } },
      meeting: { select: { owner: { select: { name: true } } } },
    },
  });
  return new Map(
    sessions.map(({ meetingId, startedAt, endedAt, attendances, meeting }) => {
      const stays = endedAt === null ? attendances.filter(({ leftAt }) => leftAt === null) : attendances;
      const people = new Map(stays.map(({ participantId: id, name }) => [id, { id, name }]));
      return [meetingId, { ownerName: meeting.owner.name, startedAt, endedAt, people: [...people.values()] }];
    }),
  );
}
