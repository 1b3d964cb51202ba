import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deed, mayAccess, type Thing } from './access';
import { database } from './database';
import { meetingPage } from './history';
import { currentInviteLink, redeemInvite } from './invites';
import { deleteMeeting, renameMeeting, renewInvite } from './meetings';
import { participantIdOf } from './participants';
import { type WebTestbed, webTestbed } from './testing-web';
import { newGuestId, type Viewer } from './viewer';

const WHO = [
  'owner',
  'attendee',
  'admitted',
  'guest',
  'seated',
  'banned',
  'seatedBanned',
  'stranger',
  'nobody',
] as const;
type Who = (typeof WHO)[number];
const THINGS = ['door', 'meeting', 'session', 'take', 'other session', 'take without session'] as const;
type ThingName = (typeof THINGS)[number];
const DEEDS: readonly Deed[] = ['see', 'host', 'change'];

/** All that is allowed in the meeting; whatever is not here is not. The owner may do everything. */
const ALLOWED: Partial<Record<Who, readonly `${Deed} ${ThingName}`[]>> = {
  attendee: ['see meeting', 'see session', 'see take'],
  admitted: ['see door'],
  guest: ['see door'],
  seated: ['see door'],
};

let testbed: WebTestbed;
let viewers: Record<Who, Viewer>;
let here: Record<ThingName, Thing>;
let elsewhere: Record<ThingName, Thing>;
let slug: string;

beforeAll(async () => {
  testbed = await webTestbed();
  const [owner, attendee, admitted, stranger, otherOwner] = await Promise.all(
    ['Olga', 'Attila', 'Adam', 'Stran', 'Ottilie'].map((name) => testbed.person(name)),
  );
  if (!owner || !attendee || !admitted || !stranger || !otherOwner) throw new Error('unreachable');
  const guest = { user: null, guestId: newGuestId() };
  // Who sits in the room without an invite that is alive: it was renewed since.
  const [banned, seated, seatedBanned] = [1, 2, 3].map(() => ({ user: null, guestId: newGuestId() }));
  if (!banned || !seated || !seatedBanned) throw new Error('unreachable');
  const nobody = { user: null, guestId: null };
  viewers = { owner, attendee, admitted, guest, seated, banned, seatedBanned, stranger, nobody };

  const mine = await testbed.meeting(owner);
  slug = mine.slug;
  const token = (await currentInviteLink(mine.id))?.split('/').at(-1) ?? '';
  for (const viewer of [admitted, guest, banned]) await redeemInvite(token, viewer);
  const guestSubject = ({ guestId }: Viewer) => `guest:${guestId}`;
  const bans = [banned, seatedBanned].map((viewer) => ({ meetingId: mine.id, subject: guestSubject(viewer) }));
  await database().ban.createMany({ data: bans });
  here = await thingsOf(mine.id);
  elsewhere = await thingsOf((await testbed.meeting(otherOwner)).id);
  const session = here.session as Extract<Thing, { type: 'session' }>;
  const now = Date.now();
  // One after the other, as they are to be listed.
  const person = (afterMs: number) => ({ sessionId: session.sessionId, joinedAt: new Date(now + afterMs) });
  await database().attendance.createMany({
    data: [
      { ...person(0), participantId: 'attendee-participant', name: 'Attila', userId: attendee.user.id, guest: false },
      { ...person(1), participantId: 'guest-participant', name: 'Gundula', userId: null, guest: true },
      ...[seated, seatedBanned].map((viewer, i) => ({
        ...person(2 + i),
        participantId: participantIdOf(mine.id, guestSubject(viewer)),
        ...{ name: 'Sigrid', userId: null, guest: true },
      })),
    ],
  });
});
afterAll(() => testbed.close());

/** Two sessions of a meeting, a take in each, and one that no session has heard of. */
async function thingsOf(meetingId: string): Promise<Record<ThingName, Thing>> {
  const session = async (name: string) =>
    (await database().roomSession.create({ data: { id: `${meetingId}-${name}`, meetingId, startedAt: new Date() } }))
      .id;
  const take = async (sessionId: string | null) =>
    (await database().take.create({ data: { meetingId, sessionId, destination: 'server' } })).id;
  const [first, second] = [await session('first'), await session('second')];
  return {
    door: { type: 'door', meetingId },
    meeting: { type: 'meeting', meetingId },
    session: { type: 'session', sessionId: first },
    'other session': { type: 'session', sessionId: second },
    take: { type: 'take', takeId: await take(first) },
    'take without session': { type: 'take', takeId: await take(null) },
  };
}

describe.each(WHO)('%s', (who) => {
  it.each(THINGS.flatMap((thing) => DEEDS.map((deed) => [deed, thing] as const)))(
    'may %s the %s?',
    async (deed, thing) => {
      const expected = who === 'owner' || (ALLOWED[who]?.includes(`${deed} ${thing}`) ?? false);
      expect(await mayAccess(viewers[who], deed, here[thing])).toBe(expected);
    },
  );

  it.each([{ not: 'x' }, { startsWith: '' }, '\0', null, undefined, 7])(
    'may do nothing with the id %j',
    async (sent) => {
      const id = sent as string;
      const none: Thing[] = [
        { type: 'door', meetingId: id },
        { type: 'meeting', meetingId: id },
        { type: 'session', sessionId: id },
        { type: 'take', takeId: id },
      ];
      for (const thing of none)
        for (const deed of DEEDS) expect(await mayAccess(viewers[who], deed, thing)).toBe(false);
    },
  );

  it('may do nothing in another meeting, nor with what does not exist', async () => {
    const nothing: Thing[] = [
      ...THINGS.map((thing) => elsewhere[thing]),
      { type: 'door', meetingId: 'nothing' },
      { type: 'meeting', meetingId: 'nothing' },
      { type: 'session', sessionId: 'nothing' },
      { type: 'take', takeId: 'nothing' },
    ];
    for (const thing of nothing)
      for (const deed of DEEDS) expect(await mayAccess(viewers[who], deed, thing), JSON.stringify(thing)).toBe(false);
  });
});

describe('what pages and actions make of it', () => {
  it('shows the page with all sessions to the owner, with their own to who was there, and to nobody else', async () => {
    expect((await meetingPage(viewers.owner, slug))?.sessions).toHaveLength(2);
    const seen = await meetingPage(viewers.attendee, slug);
    expect(seen).toMatchObject({ mine: false, inviteLink: null });
    expect(seen?.sessions.map((session) => session.people.map((person) => person.name))).toEqual([
      ['Attila', 'Gundula', 'Sigrid', 'Sigrid'],
    ]);
    for (const who of ['admitted', 'guest', 'seated', 'banned', 'stranger', 'nobody'] as const)
      expect(await meetingPage(viewers[who], slug), who).toBeNull();
  });

  it('lets nobody but the owner rename, renew or delete', async () => {
    const { meetingId } = here.meeting as Extract<Thing, { type: 'meeting' }>;
    for (const who of WHO.filter((w) => w !== 'owner')) {
      const no = { ok: false, code: 'not-found' };
      expect(await renameMeeting(viewers[who], meetingId, 'Mine'), who).toEqual(no);
      expect(await renewInvite(viewers[who], meetingId), who).toEqual(no);
      expect(await deleteMeeting(viewers[who], meetingId), who).toEqual(no);
    }
    expect(await renameMeeting(viewers.owner, meetingId, ' New\u202e title ')).toEqual({
      ok: true,
      value: 'New title',
    });
  });
});
