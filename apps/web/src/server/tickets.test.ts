import { createHash, createPublicKey } from 'node:crypto';
import { TICKET_AUDIENCE, TICKET_ISSUER, type TicketClaims, ticketClaims } from '@parley/protocol/ticket';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database } from './database';
import { env } from './env';
import { currentInviteLink, redeemInvite, renewInvite } from './invites';
import { meetingForDoor, renameMeeting } from './meetings';
import { storeReport } from './reports';
import { RoomLog } from './testing-room-log';
import { type WebTestbed, webTestbed } from './testing-web';
import { issueTakePermit, issueTicket } from './tickets';
import type { Viewer } from './viewer';

let testbed: WebTestbed;
let owner: Viewer;
let other: Viewer;
let meeting: { id: string; slug: string };
beforeAll(async () => {
  testbed = await webTestbed({ MESH_MAX_PARTICIPANTS: '6' });
  [owner, other] = await Promise.all([testbed.person('Olga'), testbed.person('Otto')]);
});
afterAll(() => testbed.close());
beforeEach(async () => {
  meeting = await testbed.meeting(owner);
});

async function comeIn(viewer: Viewer): Promise<Viewer> {
  const token = (await currentInviteLink(meeting.id))?.split('/').at(-1) ?? '';
  const redeemed = await redeemInvite(token, viewer);
  return { ...viewer, guestId: redeemed?.guestId ?? viewer.guestId };
}
const guestComesIn = (): Promise<Viewer> => comeIn({ user: null, guestId: null });

async function ticket(viewer: Viewer, last?: string, now?: Date): Promise<string> {
  const issued = await issueTicket(viewer, { meeting: meeting.slug, last }, now);
  if (!issued.ok) throw new Error(issued.code);
  return issued.value;
}

/** As signal reads it: with the public key alone. */
async function claimsOf(token: string): Promise<TicketClaims> {
  const pem = Buffer.from(process.env.TICKET_PUBLIC_KEY ?? '', 'base64').toString();
  const { payload } = await jwtVerify(token, createPublicKey(pem), {
    algorithms: ['EdDSA'],
    audience: TICKET_AUDIENCE,
    issuer: TICKET_ISSUER,
  });
  return ticketClaims.parse(payload);
}

const inSeconds = (s: number): Date => new Date(Date.now() + s * 1_000);

describe('a first ticket', () => {
  it('makes the owner the host', async () => {
    const token = await ticket(owner);
    const claims = await claimsOf(token);
    expect(claims).toMatchObject({
      sub: `user:${owner.user?.id}`,
      meeting: meeting.id,
      name: 'Olga',
      role: 'host',
      guest: false,
      settings: { version: 1, title: 'Design review', maxParticipants: 6 },
    });
    expect(claims.participant).toMatch(/^[\w-]{22}$/u);
    expect(claims.exp - claims.iat).toBe(120);
    const der = createPublicKey(Buffer.from(process.env.TICKET_PUBLIC_KEY ?? '', 'base64').toString()).export({
      type: 'spki',
      format: 'der',
    });
    const kid = createHash('sha256').update(der).digest('hex').slice(0, 8);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', kid });
  });

  it('makes somebody who came by the invite a participant, and a guest without a name', async () => {
    expect(await claimsOf(await ticket(await comeIn(other)))).toMatchObject({
      name: 'Otto',
      role: 'participant',
      guest: false,
    });
    expect(await claimsOf(await ticket(await guestComesIn()))).toMatchObject({
      name: null,
      role: 'participant',
      guest: true,
    });
  });

  it('gives a subject the same participant each time, another in another meeting, and notes the seat', async () => {
    const guest = await guestComesIn();
    const [first, second] = [await claimsOf(await ticket(guest)), await claimsOf(await ticket(guest))];
    expect(second.participant).toBe(first.participant);
    expect(await database().seat.findMany({ where: { meetingId: meeting.id } })).toMatchObject([
      { participantId: first.participant, subject: `guest:${guest.guestId}` },
    ]);
    meeting = await testbed.meeting(owner);
    const elsewhere = await comeIn(guest);
    expect(elsewhere.guestId).toBe(guest.guestId);
    expect((await claimsOf(await ticket(elsewhere))).participant).not.toBe(first.participant);
  });

  it('is refused to everybody else alike, whether the meeting exists or not', async () => {
    const no = { ok: false, code: 'not-found' };
    for (const viewer of [{ user: null, guestId: null }, { user: null, guestId: 'A'.repeat(22) }, other]) {
      expect(await issueTicket(viewer, { meeting: meeting.slug })).toEqual(no);
      expect(await issueTicket(viewer, { meeting: 'no-such-meeting' })).toEqual(no);
      expect(await issueTicket(viewer, { meeting: 'no\0meeting' })).toEqual(no);
    }
    const guest = await guestComesIn();
    await renewInvite(meeting.id);
    expect(await issueTicket(guest, { meeting: meeting.slug })).toEqual(no);
  });

  it('carries the settings as they are now', async () => {
    await renameMeeting(owner, meeting.id, 'Retrospective');
    expect((await claimsOf(await ticket(owner))).settings).toMatchObject({ version: 2, title: 'Retrospective' });
  });
});

/** Signal's report that who holds the ticket has come in. */
async function comesIn(held: string): Promise<RoomLog> {
  const log = new RoomLog(meeting.id).joins((await claimsOf(held)).participant, 'Guest', true);
  await storeReport({ meeting: meeting.id, session: log.session, events: log.events });
  return log;
}

describe('a ticket is renewed', () => {
  it('after the invite was, for who sits in the room, until they leave', async () => {
    const guest = await guestComesIn();
    const last = await ticket(guest);
    await renewInvite(meeting.id);
    const no = { ok: false, code: 'not-found' };
    expect(await issueTicket(guest, { meeting: meeting.slug, last })).toEqual(no);
    const log = await comesIn(last);
    const renewed = await claimsOf(await ticket(guest, last));
    expect(renewed.participant).toBe((await claimsOf(last)).participant);
    log.add({ type: 'left', participant: renewed.participant, why: 'left', by: null });
    await storeReport({ meeting: meeting.id, session: log.session, events: log.events });
    expect(await issueTicket(guest, { meeting: meeting.slug, last })).toEqual(no);
  });

  it('also when the page was loaded again and has no ticket, until they leave, and never once they were removed', async () => {
    const [guest, second] = [await guestComesIn(), await guestComesIn()];
    const [last, theirs] = [await ticket(guest), await ticket(second)];
    const [{ participant }, { participant: removed }] = [await claimsOf(last), await claimsOf(theirs)];
    const log = (await comesIn(last)).joins(removed, 'Guest', true);
    await storeReport(log.report());
    await renewInvite(meeting.id);
    for (const viewer of [guest, second])
      expect(await meetingForDoor(meeting.slug, viewer)).toMatchObject({ id: meeting.id, inviteLink: null });
    expect((await claimsOf(await ticket(guest))).participant).toBe(participant);
    expect(await issueTicket(other, { meeting: meeting.slug })).toMatchObject({ code: 'not-found' });

    log.add({ type: 'left', participant, why: 'left', by: null });
    log.add({ type: 'left', participant: removed, why: 'removed', by: null });
    // The room reports the one and then, at once, the other.
    await storeReport(log.report());
    for (const viewer of [guest, second]) expect(await meetingForDoor(meeting.slug, viewer)).toBeNull();
    expect(await issueTicket(guest, { meeting: meeting.slug })).toMatchObject({ code: 'not-found' });
    expect(await issueTicket(second, { meeting: meeting.slug })).toMatchObject({ code: 'removed' });
  });

  it('as who they are in the room, by a ticket that ran out up to an hour ago', async () => {
    const guest = await guestComesIn();
    const last = await ticket(guest);
    await comesIn(last);
    // Signed in meanwhile, and admitted as themselves in another tab.
    const signedIn = await comeIn({ ...other, guestId: guest.guestId });
    const { participant } = await claimsOf(last);
    const at = async (s: number) => {
      const { payload } = await jwtVerify(await ticket(signedIn, last, inSeconds(s)), env().TICKET_PUBLIC_KEY[0]!.key, {
        currentDate: inSeconds(s),
      });
      return payload.participant;
    };
    expect(await at(120 + 3_590)).toBe(participant);
    expect(await at(120 + 3_610)).not.toBe(participant);
  });

  it('not by somebody else, not for another meeting, and says nothing when forged', async () => {
    const [guest, second] = [await guestComesIn(), await guestComesIn()];
    const [last, theirs] = [await ticket(guest), await ticket(second)];
    await comesIn(last);
    await renewInvite(meeting.id);
    const no = { ok: false, code: 'not-found' };
    const ask = (viewer: Viewer, token: string, slug = meeting.slug) =>
      issueTicket(viewer, { meeting: slug, last: token });
    for (const viewer of [second, other, { user: null, guestId: null }]) expect(await ask(viewer, last)).toEqual(no);
    expect(await ask(guest, last, (await testbed.meeting(owner)).slug)).toEqual(no);
    const { participant } = await claimsOf(last);
    expect((await claimsOf(await ticket(guest, theirs))).participant).toBe(participant);

    // Admitted anew under their account, seated as the guest: only a true ticket tells that they are the guest.
    const signedIn = await comeIn({ ...other, guestId: guest.guestId });
    expect(await claimsOf(await ticket(signedIn, last))).toMatchObject({ participant, guest: true });
    const [header = '', payload = '', signature = ''] = last.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const changed = Buffer.from(JSON.stringify({ ...claims, role: 'host' })).toString('base64url');
    const permit = await issueTakePermit({
      meeting: meeting.id,
      participant: String(claims.participant),
      take: 'take-12345678',
      destination: 'server',
    });
    const hmac = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: env().TICKET_PRIVATE_KEY.id })
      .sign(Buffer.from(process.env.TICKET_PUBLIC_KEY ?? ''));
    for (const forged of ['', 'a.b.c', `${none}.${payload}.`, `${header}.${changed}.${signature}`, permit, hmac])
      expect(await claimsOf(await ticket(signedIn, forged)), forged).toMatchObject({
        guest: false,
        role: 'participant',
      });
  });

  it('never for somebody who was removed: not as guest, not signed in, not as new', async () => {
    const guest = await guestComesIn();
    const last = await ticket(guest);
    await database().ban.create({ data: { meetingId: meeting.id, subject: `guest:${guest.guestId}` } });
    const removed = { ok: false, code: 'removed' };
    expect(await issueTicket(guest, { meeting: meeting.slug, last })).toEqual(removed);
    expect(await issueTicket(guest, { meeting: meeting.slug })).toEqual(removed);
    const signedIn = { ...other, guestId: guest.guestId };
    expect(await issueTicket(signedIn, { meeting: meeting.slug, last })).toEqual(removed);
  });

  it('as the guest one was, after signing in during the meeting', async () => {
    const guest = await guestComesIn();
    const last = await ticket(guest);
    const signedIn = { ...other, guestId: guest.guestId };
    expect((await claimsOf(await ticket(signedIn, last))).participant).toBe((await claimsOf(last)).participant);
  });
});
