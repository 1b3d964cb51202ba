import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from './database';
import { listMeetings, meetingPage } from './history';
import { createMeeting, deleteMeeting, meetingForDoor, scheduleMeeting } from './meetings';
import { participantIdOf } from './participants';
import { storeReport } from './reports';
import { newSlug } from './slug';
import { RoomLog } from './testing-room-log';
import { type WebTestbed, webTestbed } from './testing-web';

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());

const NOW = new Date('2026-11-22T12:00:00Z');
const PLAN = { title: 'Weekly', startsAt: '2026-12-01T09:30', durationMinutes: 45, timeZone: 'Europe/Berlin' };

it('makes slugs of 54 bits that one can read out', () => {
  const slugs = new Set(Array.from({ length: 5_000 }, newSlug));
  expect(slugs.size).toBe(5_000);
  for (const slug of slugs) expect(slug).toMatch(/^[a-hj-kmnp-z]{4}(-[a-hj-kmnp-z]{4}){2}$/u);
});

describe('scheduling', () => {
  it('keeps the moment, the zone and the words', async () => {
    const ada = await testbed.person('Ada');
    const made = await scheduleMeeting(ada.user, { ...PLAN, description: ' What we did \n' }, NOW);
    if (!made.ok) throw new Error(made.code);
    expect(await meetingPage(ada, made.value.slug)).toMatchObject({
      title: 'Weekly',
      description: 'What we did',
      startsAt: new Date('2026-12-01T08:30:00Z'),
      durationMinutes: 45,
      timeZone: 'Europe/Berlin',
      mine: true,
      sessions: [],
    });
  });

  it('keeps words that PostgreSQL cannot hold without what it cannot hold', async () => {
    const ada = await testbed.person('Ada');
    const made = await scheduleMeeting(ada.user, { ...PLAN, title: 'A\ud800 b', description: 'one\0two \udc00' }, NOW);
    expect(await meetingPage(ada, made.ok ? made.value.slug : '')).toMatchObject({
      title: 'A b',
      description: 'onetwo \ufffd',
    });
  });

  it.each([
    [{ title: ' \u200b ' }, 'title-invalid'],
    [{ title: '\u3164\u2800' }, 'title-invalid'],
    [{ title: 'x'.repeat(201) }, 'title-invalid'],
    [{ description: 'x'.repeat(5_001) }, 'description-long'],
    [{ timeZone: 'Mars/Olympus' }, 'time-zone-invalid'],
    [{ startsAt: 'soon' }, 'starts-invalid'],
    [{ startsAt: '2026-11-22T12:59' }, 'starts-invalid'],
    [{ durationMinutes: 4 }, 'duration-invalid'],
    [{ durationMinutes: 1_441 }, 'duration-invalid'],
    [{ durationMinutes: Number.NaN }, 'duration-invalid'],
  ])('refuses %o with %s', async (change, code) => {
    const { user } = await testbed.person('Ada');
    expect(await scheduleMeeting(user, { ...PLAN, ...change }, NOW)).toEqual({ ok: false, code });
  });
});

describe('the list', () => {
  it('has what is to come, soonest first, and what was, latest first', async () => {
    const [ada, bob] = await Promise.all([testbed.person('Ada'), testbed.person('Bob')]);
    const later = await scheduleMeeting(ada.user, { ...PLAN, startsAt: '2026-12-24T09:00' }, NOW);
    const sooner = await scheduleMeeting(ada.user, PLAN, NOW);
    const unused = await createMeeting(ada.user, '');
    const used = await createMeeting(ada.user, 'Used');
    const bobs = await createMeeting(bob.user, 'Of Bob');
    await createMeeting(bob.user, 'Without Ada');
    if (!later.ok || !sooner.ok) throw new Error('unreachable');

    const adaIn = async (meetingId: string) => {
      const participantId = participantIdOf(meetingId, `user:${ada.user.id}`);
      await database().seat.create({ data: { meetingId, participantId, subject: `user:${ada.user.id}` } });
      return participantId;
    };
    await storeReport(new RoomLog(used.id, NOW.getTime() + 3_600_000).joins('zzzzzzzz', 'Zoe', true).report());
    await storeReport(new RoomLog(bobs.id).joins(await adaIn(bobs.id), 'Ada').report());
    await database().meeting.update({ where: { id: unused.id }, data: { createdAt: NOW } });

    const { upcoming, past } = await listMeetings(ada.user, NOW);
    expect(upcoming.map((m) => m.id)).toEqual([sooner.value.id, later.value.id]);
    expect(past.map(({ title, mine }) => [title, mine])).toEqual([
      ['Used', true],
      ['', true],
      ['Of Bob', false],
    ]);
    // While it runs it is not over.
    const during = await listMeetings(ada.user, new Date('2026-12-01T09:00:00Z'));
    expect(during.upcoming).toHaveLength(2);
    const after = await listMeetings(ada.user, new Date('2026-12-01T09:15:00Z'));
    expect(after.upcoming).toHaveLength(1);
  });
});

it('lists an old meeting that is used still, and one to come, however many were made since', async () => {
  const ada = await testbed.person('Ada');
  const daily = await createMeeting(ada.user, 'Daily');
  const planned = await scheduleMeeting(ada.user, PLAN, NOW);
  if (!planned.ok) throw new Error(planned.code);
  const created = { createdAt: new Date('2020-01-01') };
  await database().meeting.update({ where: { id: daily.id }, data: { ...created, lastUsedAt: NOW } });
  await database().meeting.update({ where: { id: planned.value.id }, data: created });
  await database().meeting.createMany({
    data: Array.from({ length: 210 }, () => ({ slug: newSlug(), title: '', ownerId: ada.user.id, createdAt: NOW })),
  });
  const { upcoming, past, hasOlderPast } = await listMeetings(ada.user, NOW);
  expect(upcoming.map(({ id }) => id)).toEqual([planned.value.id]);
  expect([past.length, hasOlderPast]).toEqual([200, true]);
  expect(past[0]?.id).toBe(daily.id);
  await database().meeting.deleteMany({ where: { id: { in: past.slice(-11).map(({ id }) => id) } } });
  const fewer = await listMeetings(ada.user, NOW);
  expect([fewer.past.length, fewer.hasOlderPast]).toEqual([200, false]);
});

it('names everybody who was there once, by their newest name, and knows the host by their account', async () => {
  const [ada, eve] = await Promise.all([testbed.person('Ada'), testbed.person('Eve')]);
  const { id, slug } = await testbed.meeting(ada);
  const [host, namesake] = [ada, eve].map(({ user }) => participantIdOf(id, `user:${user.id}`));
  if (!host || !namesake) throw new Error('unreachable');
  const monday = new RoomLog(id, NOW.getTime())
    .joins(host, 'Ada')
    .joins(namesake, 'Eve')
    .joins('zzzzzzzz', 'Zoe', true);
  const tuesday = new RoomLog(id, NOW.getTime() + 86_400_000).joins('zzzzzzzz', 'Zora', true).joins(host, 'Ada');
  tuesday.add({ type: 'left', participant: 'zzzzzzzz', why: 'left', by: null }).joins('zzzzzzzz', 'Zarah', true);
  // Who bears the name of the host is not the host.
  tuesday.joins(namesake, 'Countess Ada');
  for (const log of [monday, tuesday]) await storeReport(log.report());
  await database().user.update({ where: { id: ada.user.id }, data: { name: 'Countess Ada' } });
  expect(await meetingPage(ada, slug)).toMatchObject({
    hostId: host,
    ownerName: 'Countess Ada',
    others: [
      { participantId: 'zzzzzzzz', name: 'Zarah', guest: true },
      { participantId: namesake, name: 'Countess Ada', guest: false },
    ],
  });
});

it('shows the latest sessions, and whether there are more', async () => {
  const ada = await testbed.person('Ada');
  const { id: meetingId, slug } = await testbed.meeting(ada);
  const day = (n: number) => new Date(NOW.getTime() + n * 86_400_000);
  await database().roomSession.createMany({
    data: Array.from({ length: 25 }, (_, n) => ({ id: `${meetingId}-${n}`, meetingId, startedAt: day(n) })),
  });
  const first = await meetingPage(ada, slug);
  expect(first?.sessions.map(({ startedAt }) => startedAt)).toEqual(Array.from({ length: 20 }, (_, n) => day(24 - n)));
  expect(first?.hasOlderSessions).toBe(true);
  const all = await meetingPage(ada, slug, 25);
  expect([all?.sessions.length, all?.hasOlderSessions]).toEqual([25, false]);
});

it('shows the beginning of a long chat, and whether it goes on', async () => {
  const ada = await testbed.person('Ada');
  const { id, slug } = await testbed.meeting(ada);
  const log = new RoomLog(id).joins('zzzzzzzz', 'Zoe');
  await storeReport(log.report());
  const message = { sessionId: log.session, participantId: 'zzzzzzzz', name: 'Zoe', text: 'Hello', at: NOW };
  const said = (from: number, to: number) =>
    database().chatMessage.createMany({
      data: Array.from({ length: to - from }, (_, i) => ({ ...message, revision: from + i })),
    });
  const shown = async () => {
    const [session] = (await meetingPage(ada, slug))?.sessions ?? [];
    return [session?.chat.length, session?.chat[0]?.revision, session?.hasLaterChat];
  };
  await said(3, 5_003);
  expect(await shown()).toEqual([5_000, 3, false]);
  await said(5_003, 5_004);
  expect(await shown()).toEqual([5_000, 3, true]);
});

it.each(['a\0b', '\0', '%00', '../../etc', 'x'.repeat(5_000), ''])('has nothing at %j', async (slug) => {
  const ada = await testbed.person('Ada');
  expect(await meetingForDoor(slug, ada)).toBeNull();
  expect(await meetingPage(ada, slug)).toBeNull();
});

it('deletes a meeting with its whole history', async () => {
  const ada = await testbed.person('Ada');
  const meeting = await testbed.meeting(ada);
  await storeReport(new RoomLog(meeting.id).joins('zzzzzzzz', 'Zoe').says('zzzzzzzz', 'Zoe', 'Hello').report());
  expect(await deleteMeeting(ada, meeting.id)).toEqual({ ok: true, value: null });
  expect(await meetingPage(ada, meeting.slug)).toBeNull();
  const where = { session: { meetingId: meeting.id } };
  expect([await database().chatMessage.count({ where }), await database().attendance.count({ where })]).toEqual([0, 0]);
});
