import { cleanName, MAX_NAME_LENGTH } from '@parley/protocol/display-name';
import type { RoomSettings } from '@parley/protocol/room-state';
import {
  TAKE_PERMIT_AUDIENCE,
  TICKET_AUDIENCE,
  TICKET_ISSUER,
  TICKET_LIFETIME_S,
  type TakePermitClaims,
  type TicketClaims,
  ticketClaims,
} from '@parley/protocol/ticket';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { subjectAtDoor } from './access';
import { answer, type Answer, no } from './answer';
import { database, unlessDeleted } from './database';
import { env } from './env';
import { participantIdOf, seatedSubject } from './participants';
import { isSlug } from './slug';
import { subjectsOf, type Viewer } from './viewer';

/** A ticket that ran out not longer ago than this still tells who one is in the room, s: a laptop that slept, a server that was away. */
const RENEWABLE_S = 3_600;
/** Seconds a take permit is good for: the room hears of the take at once, or after a reconnect. */
const PERMIT_LIFETIME_S = 300;

/** The meeting's settings as tickets and rooms carry them. */
export function roomSettings(meeting: { readonly title: string; readonly settingsVersion: number }): RoomSettings {
  return { version: meeting.settingsVersion, title: meeting.title, maxParticipants: env().MESH_MAX_PARTICIPANTS };
}

/**
 * A ticket for the room of the meeting `slug`, for whoever may come to its door (`subjectAtDoor`). By `last`, the previous ticket
 * of one of the viewer's subjects, who sits in the room stays who they are in it, also when they signed in meanwhile.
 * Refusals: not-found (also for everything one may not know of), removed.
 */
export async function issueTicket(
  viewer: Viewer,
  { meeting: slug, last }: { readonly meeting: string; readonly last?: string | undefined },
  // Taken before the way in is looked at: a ticket never says that it was issued after a change it does not know of.
  now = new Date(),
): Promise<Answer<string>> {
  const subjects = subjectsOf(viewer);
  if (subjects.length === 0 || !isSlug(slug)) return no('not-found');
  const meeting = await database().meeting.findUnique({ where: { slug } });
  if (!meeting) return no('not-found');
  const isOwner = viewer.user?.id === meeting.ownerId;
  const atDoor = isOwner ? `user:${meeting.ownerId}` : await subjectAtDoor(viewer, meeting.id, now);
  if (atDoor === null) {
    const bans = await database().ban.count({ where: { meetingId: meeting.id, subject: { in: subjects } } });
    // Somebody who was removed has been here, so this tells them nothing new.
    return no(bans > 0 ? 'removed' : 'not-found');
  }
  const previous = isOwner || last === undefined ? null : await readLastTicket(last, now);
  const isTheirs = previous?.meeting === meeting.id && subjects.includes(previous.sub);
  const subject = (isTheirs ? await seatedSubject(meeting.id, [previous.sub]) : null) ?? atDoor;

  const participant = participantIdOf(meeting.id, subject);
  // Whom the participant id stands for.
  const data = { meetingId: meeting.id, participantId: participant, subject };
  if (!(await unlessDeleted(database().seat.createMany({ data, skipDuplicates: true })))) return no('not-found');
  const guest = subject.startsWith('guest:');
  return answer(
    await sign(
      {
        aud: TICKET_AUDIENCE,
        sub: subject,
        meeting: meeting.id,
        participant,
        name: guest || !viewer.user ? null : cleanName(viewer.user.name).slice(0, MAX_NAME_LENGTH),
        role: isOwner ? 'host' : 'participant',
        guest,
        settings: roomSettings(meeting),
      },
      TICKET_LIFETIME_S,
      now,
    ),
  );
}

/**
 * A signed permit to start `take` in its meeting's room, for the room's command `start-take`. The caller has created the take and
 * checked that the viewer may host the meeting.
 */
export function issueTakePermit(
  claims: Pick<TakePermitClaims, 'meeting' | 'participant' | 'take' | 'destination'>,
  now = new Date(),
): Promise<string> {
  return sign({ ...claims, aud: TAKE_PERMIT_AUDIENCE }, PERMIT_LIFETIME_S, now);
}

type Unsigned<T> = Omit<T, 'iss' | 'iat' | 'exp'>;

function sign(
  claims: Unsigned<TicketClaims> | Unsigned<TakePermitClaims>,
  lifetimeS: number,
  now: Date,
): Promise<string> {
  const { id, key } = env().TICKET_PRIVATE_KEY;
  const iat = Math.floor(now.getTime() / 1_000);
  return new SignJWT({ ...claims, iss: TICKET_ISSUER, iat, exp: iat + lifetimeS })
    .setProtectedHeader({ alg: 'EdDSA', kid: id, typ: 'JWT' })
    .sign(key);
}

/** The claims of a ticket of ours that runs, or ran out within the hour; null for any other text. */
async function readLastTicket(ticket: string, now: Date): Promise<TicketClaims | null> {
  try {
    const { kid } = decodeProtectedHeader(ticket);
    const key = env().TICKET_PUBLIC_KEY.find(({ id }) => id === kid)?.key;
    if (!key) return null;
    const { payload } = await jwtVerify(ticket, key, {
      algorithms: ['EdDSA'],
      issuer: TICKET_ISSUER,
      audience: TICKET_AUDIENCE,
      clockTolerance: RENEWABLE_S,
      currentDate: now,
    });
    return ticketClaims.parse(payload);
  } catch {
    // Forged, too old or for something else: the same as none.
    return null;
  }
}
