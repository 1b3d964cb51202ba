import { createHmac } from 'node:crypto';
import { database } from './database';
import { env } from './env';

/** The participant that a subject is in a meeting: always the same one, and telling nothing about the subject. */
export function participantIdOf(meetingId: string, subject: string): string {
  return createHmac('sha256', env().INVITE_SECRET.unwrap())
    .update(`participant|${meetingId}|${subject}`)
    .digest('base64url')
    .slice(0, 22);
}

/**
 * The first of `subjects` that sits in the meeting's room: signal has reported that they came into its open session and has not
 * reported that they left. Null: none of them does.
 */
export async function seatedSubject(meetingId: string, subjects: readonly string[]): Promise<string | null> {
  const stays = await database().attendance.findMany({
    where: {
      participantId: { in: subjects.map((subject) => participantIdOf(meetingId, subject)) },
      leftAt: null,
      session: { meetingId, endedAt: null },
    },
    select: { participantId: true },
  });
  const seated = new Set(stays.map(({ participantId }) => participantId));
  return subjects.find((subject) => seated.has(participantIdOf(meetingId, subject))) ?? null;
}
