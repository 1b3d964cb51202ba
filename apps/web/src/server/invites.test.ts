import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjectAtDoor } from './access';
import { database } from './database';
import { currentInviteLink, inviteToken, readInviteToken, redeemInvite, renewInvite } from './invites';
import { meetingForDoor, wasRemoved } from './meetings';
import { type WebTestbed, webTestbed } from './testing-web';
import { guestCookie, readGuestCookie, type Viewer } from './viewer';

const nobody: Viewer = { user: null, guestId: null };

let testbed: WebTestbed;
let owner: Viewer;
let other: Viewer;
let meeting: { id: string; slug: string };
beforeAll(async () => {
  testbed = await webTestbed();
  [owner, other] = await Promise.all([testbed.person('Olga'), testbed.person('Otto')]);
});
afterAll(() => testbed.close());
beforeEach(async () => {
  meeting = await testbed.meeting(owner);
});

const tokenOf = (link: string | null): string => link?.split('/').at(-1) ?? '';
const currentToken = async (): Promise<string> => tokenOf(await currentInviteLink(meeting.id));

async function guestBy(token: string): Promise<Viewer> {
  const redeemed = await redeemInvite(token, nobody);
  if (!redeemed?.guestId) throw new Error('not let in');
  return { user: null, guestId: redeemed.guestId };
}

describe('an invite', () => {
  it('lets a stranger to the door as a guest, and somebody signed in as who they are', async () => {
    const token = await currentToken();
    const guest = await guestBy(token);
    expect(await meetingForDoor(meeting.slug, guest)).toMatchObject({ id: meeting.id, mine: false, inviteLink: null });
    expect(await redeemInvite(token, other)).toEqual({ slug: meeting.slug, guestId: null });
    expect(await subjectAtDoor(other, meeting.id)).toBe(`user:${other.user?.id}`);
    expect(await redeemInvite(token, guest)).toEqual({ slug: meeting.slug, guestId: null });
  });

  it('leads its owner to the door without using it up', async () => {
    const token = await currentToken();
    expect(await redeemInvite(token, owner)).toEqual({ slug: meeting.slug, guestId: null });
    expect(await database().admission.count({ where: { meetingId: meeting.id } })).toBe(0);
    expect(await meetingForDoor(meeting.slug, owner)).toMatchObject({
      mine: true,
      inviteLink: expect.stringMatching(/^http:\/\/localhost:3100\/j\/[\w-]{22}\.[\w-]{43}$/u) as string,
    });
  });

  it('keeps its link until it is renewed', async () => {
    expect(await currentInviteLink(meeting.id)).toBe(await currentInviteLink(meeting.id));
  });

  it('shows a stranger nothing, whether the meeting exists or not', async () => {
    for (const viewer of [nobody, other, { user: null, guestId: 'A'.repeat(22) }]) {
      expect(await meetingForDoor(meeting.slug, viewer)).toBeNull();
      expect(await meetingForDoor('no-such-meeting', viewer)).toBeNull();
    }
  });
});

it('is one link, also when it is renewed several times at once', async () => {
  await Promise.all(Array.from({ length: 10 }, () => database().$queryRaw`SELECT pg_sleep(0.05)::text`));
  for (let round = 0; round < 5; round++) {
    const links = await Promise.all(Array.from({ length: 5 }, () => renewInvite(meeting.id)));
    const alive = await Promise.all(links.map((link) => redeemInvite(tokenOf(link), nobody)));
    expect(alive.filter(Boolean)).toHaveLength(1);
  }
});

describe('the same answer, none, for an invite that', () => {
  it('is forged, cut, or of another kind', async () => {
    const token = await currentToken();
    const [id = '', mac = ''] = token.split('.');
    const another = inviteToken('B'.repeat(22)).split('.')[1] ?? '';
    const flipped = `${id}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    const asGuest = guestCookie(id);
    for (const wrong of ['', id, `${id}.`, `${id}.${another}`, flipped, asGuest, `${token}x`, token.toUpperCase()])
      expect(await redeemInvite(wrong, nobody), wrong).toBeNull();
    expect(readInviteToken(token)).toBe(id);
  });

  it('has expired', async () => {
    const soon = new Date(Date.now() + 60_000);
    const token = tokenOf(await renewInvite(meeting.id, { expiresAt: soon }));
    const guest = await guestBy(token);
    const later = new Date(soon.getTime() + 1);
    expect(await redeemInvite(token, nobody, later)).toBeNull();
    expect(await subjectAtDoor(guest, meeting.id)).not.toBeNull();
    expect(await subjectAtDoor(guest, meeting.id, later)).toBeNull();
  });

  it('was renewed: at once, also for who came by it and has left', async () => {
    const old = await currentToken();
    const guest = await guestBy(old);
    const renewed = tokenOf(await renewInvite(meeting.id));
    expect(renewed).not.toBe(old);
    expect(await redeemInvite(old, nobody)).toBeNull();
    expect(await redeemInvite(old, guest)).toBeNull();
    expect(await meetingForDoor(meeting.slug, guest)).toBeNull();
    expect(await redeemInvite(renewed, guest)).toEqual({ slug: meeting.slug, guestId: null });
    expect(await meetingForDoor(meeting.slug, guest)).not.toBeNull();
    expect(await currentToken()).toBe(renewed);
  });

  it('is used up, counting people and not visits, also when ten come at once', async () => {
    // Connections are open already, so that they do come at once; several rounds, since a race may be won by chance.
    await Promise.all(Array.from({ length: 10 }, () => database().$queryRaw`SELECT pg_sleep(0.05)::text`));
    for (let round = 0; round < 5; round++) {
      const token = tokenOf(await renewInvite(meeting.id, { useLimit: 3 }));
      const guest = await guestBy(token);
      const crowd = await Promise.all(Array.from({ length: 10 }, () => redeemInvite(token, nobody)));
      expect(crowd.filter(Boolean)).toHaveLength(2);
      expect(await redeemInvite(token, guest)).toEqual({ slug: meeting.slug, guestId: null });
    }
  });

  it('belongs to a meeting that was deleted', async () => {
    const token = await currentToken();
    await database().meeting.delete({ where: { id: meeting.id } });
    expect(await redeemInvite(token, nobody)).toBeNull();
  });
});

it('leads who was removed to a door that stays shut and says why, however they come back', async () => {
  const token = await currentToken();
  const guest = await guestBy(token);
  await database().ban.create({ data: { meetingId: meeting.id, subject: `guest:${guest.guestId}` } });
  for (const viewer of [guest, { ...other, guestId: guest.guestId }]) {
    expect(await redeemInvite(token, viewer)).toEqual({ slug: meeting.slug, guestId: null });
    expect(await subjectAtDoor(viewer, meeting.id)).toBeNull();
    expect(await meetingForDoor(meeting.slug, viewer)).toBeNull();
    expect(await wasRemoved(meeting.slug, viewer)).toBe(true);
  }
  expect(await database().admission.count({ where: { meetingId: meeting.id } })).toBe(1);
  const elsewhere = await testbed.meeting(owner);
  for (const [slug, viewer] of [
    [meeting.slug, nobody],
    [meeting.slug, other],
    [elsewhere.slug, guest],
    ['\0', guest],
  ] as const)
    expect(await wasRemoved(slug, viewer)).toBe(false);
  expect(await redeemInvite(token, other)).not.toBeNull();
  expect(await meetingForDoor(meeting.slug, other)).not.toBeNull();
});

it('reads a guest cookie only when it is ours', () => {
  const id = 'C'.repeat(22);
  const cookie = guestCookie(id);
  expect(readGuestCookie(cookie)).toBe(id);
  expect(readGuestCookie(cookie.replace(/^C/u, 'D'))).toBeNull();
  expect(readGuestCookie(inviteToken(id))).toBeNull();
  expect(readGuestCookie(undefined)).toBeNull();
});
