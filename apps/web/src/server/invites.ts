import { createHmac, randomBytes } from 'node:crypto';
import { Prisma } from '@parley/db/client';
import { database } from './database';
import { env } from './env';
import { sameText } from './same-text';
import { newGuestId, subjectOf, subjectsOf, type Viewer } from './viewer';

/** Limits of an invite; without any it holds until it is renewed. */
export interface InviteLimits {
  readonly expiresAt?: Date | null;
  /** How many different people may come in by it. */
  readonly useLimit?: number | null;
}

/** What the link of an invite carries: its id and the id's HMAC. The database holds the id alone, so a copy of it opens no room. */
export function inviteToken(inviteId: string): string {
  return `${inviteId}.${inviteMac(inviteId)}`;
}

/** The whole link of an invite. */
const inviteLink = (inviteId: string): string => `${env().WEB_URL}/j/${inviteToken(inviteId)}`;

/** The invite id of a token, or null when it is not one of ours. */
export function readInviteToken(token: string): string | null {
  const match = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/u.exec(token);
  if (!match?.[1] || !match[2]) return null;
  return sameText(match[2], inviteMac(match[1])) ? match[1] : null;
}

const inviteMac = (inviteId: string): string =>
  createHmac('sha256', env().INVITE_SECRET.unwrap()).update(`invite|${inviteId}`).digest('base64url');

const newInviteId = (): string => randomBytes(16).toString('base64url');

/** The data of a meeting's first invite, to be created with it. */
export const firstInvite = (): { id: string } => ({ id: newInviteId() });

/**
 * The link that lets people into a meeting now, made when there is none. The caller has checked that the viewer owns the meeting.
 * Null: the meeting was deleted meanwhile.
 */
export async function currentInviteLink(meetingId: string, now = new Date()): Promise<string | null> {
  const alive = await database().invite.findFirst({
    where: { meetingId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
  return alive ? inviteLink(alive.id) : makeInvite(meetingId, {}, now);
}

/**
 * Replaces a meeting's invite: nobody new comes in by the old links from now on; who is seated stays. The caller has checked that
 * the viewer owns the meeting.
 * @returns the new link, or null when the meeting was deleted meanwhile
 */
export async function renewInvite(meetingId: string, limits: InviteLimits = {}): Promise<string | null> {
  return makeInvite(meetingId, limits, new Date());
}

async function makeInvite(meetingId: string, limits: InviteLimits, now: Date): Promise<string | null> {
  const id = newInviteId();
  return database().$transaction(async (tx) => {
    // One at a time per meeting: of two at once neither would see the other's, and both links would live.
    const held = await tx.$queryRaw<unknown[]>`SELECT 1 FROM "Meeting" WHERE id = ${meetingId} FOR NO KEY UPDATE`;
    if (held.length === 0) return null;
    await tx.invite.updateMany({ where: { meetingId, revokedAt: null }, data: { revokedAt: now } });
    await tx.invite.create({
      data: { id, meetingId, createdAt: now, expiresAt: limits.expiresAt ?? null, useLimit: limits.useLimit ?? null },
    });
    return inviteLink(id);
  });
}

/** Where an invite leads. `guestId`: this browser is that guest from now on (set the cookie). */
export interface Redeemed {
  readonly slug: string;
  readonly guestId: string | null;
}

/**
 * Lets the viewer in by an invite: notes the admission, which counts as one use per person. Null for everything that is wrong with
 * it (forged, expired, renewed, used up, meeting gone): there is one answer to all of these. Who was removed is led to the door,
 * which stays shut and says so.
 */
export async function redeemInvite(token: string, viewer: Viewer, now = new Date()): Promise<Redeemed | null> {
  const inviteId = readInviteToken(token);
  if (!inviteId) return null;
  return database().$transaction(async (tx) => {
    // One at a time per invite: the last use is given away once. The meeting first, as its deletion does: in the other order each
    // would wait for the other.
    const [invite] = await tx.$queryRaw<
      { meetingId: string; slug: string; ownerId: string; useLimit: number | null }[]
    >(Prisma.sql`
      SELECT i."meetingId", m.slug, m."ownerId", i."useLimit"
      FROM "Invite" i JOIN "Meeting" m ON m.id = i."meetingId"
      WHERE i.id = ${inviteId} AND i."revokedAt" IS NULL AND (i."expiresAt" IS NULL OR i."expiresAt" > ${now})
      FOR KEY SHARE OF m FOR UPDATE OF i`);
    if (!invite) return null;
    if (viewer.user?.id === invite.ownerId) return { slug: invite.slug, guestId: null };

    const { meetingId } = invite;
    const banned = await tx.ban.count({ where: { meetingId, subject: { in: subjectsOf(viewer) } } });
    if (banned > 0) return { slug: invite.slug, guestId: null };
    const newGuest = subjectOf(viewer) === null ? newGuestId() : null;
    const subject = subjectOf(viewer) ?? `guest:${newGuest}`;
    const before = await tx.admission.findUnique({ where: { meetingId_subject: { meetingId, subject } } });
    if (before?.inviteId !== inviteId) {
      const uses = invite.useLimit === null ? 0 : await tx.admission.count({ where: { inviteId } });
      if (invite.useLimit !== null && uses >= invite.useLimit) return null;
      await tx.admission.upsert({
        where: { meetingId_subject: { meetingId, subject } },
        create: { meetingId, subject, inviteId, createdAt: now },
        update: { inviteId, createdAt: now },
      });
    }
    return { slug: invite.slug, guestId: newGuest };
  });
}
