import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database } from './database';
import { meetingActivity } from './meeting-activity';
import { type WebTestbed, webTestbed } from './testing-web';

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());

const MINUTE = 60_000;
const start = new Date('2026-11-22T10:00:00Z');
const at = (minutes: number) => new Date(start.getTime() + minutes * MINUTE);

interface Stay {
  readonly id: string;
  readonly name: string;
  readonly userId?: string;
  readonly from: number;
  readonly to: number | null;
}

async function session(meetingId: string, from: number, to: number | null, stays: readonly Stay[]): Promise<void> {
  const id = randomBytes(9).toString('base64url');
  await database().roomSession.create({
    data: {
      id,
      meetingId,
      startedAt: at(from),
      endedAt: to === null ? null : at(to),
      attendances: {
        create: stays.map((stay) => ({
          participantId: stay.id,
          name: stay.name,
          guest: stay.userId === undefined,
          userId: stay.userId ?? null,
          joinedAt: at(stay.from),
          leftAt: stay.to === null ? null : at(stay.to),
        })),
      },
    },
  });
}

it('tells the latest session, and while it runs who is there now', async () => {
  const ada = await testbed.person('Ada');
  const [over, running, unused] = await Promise.all([ada, ada, ada].map((owner) => testbed.meeting(owner)));
  if (!over || !running || !unused) throw new Error('unreachable');
  const here = { id: 'participant-ada', name: 'Ada', userId: ada.user.id };
  await session(over.id, 0, 10, [{ ...here, from: 0, to: 10 }]);
  await session(over.id, 60, 90, [
    { id: 'participant-bo', name: 'Bo', from: 62, to: 90 },
    { ...here, from: 60, to: 70 },
    { ...here, from: 75, to: 90 },
  ]);
  await session(running.id, 30, null, [
    { ...here, from: 30, to: null },
    { id: 'participant-bo', name: 'Bo', from: 31, to: 40 },
  ]);

  const activity = await meetingActivity(ada.user, [over.id, running.id, unused.id]);
  expect(activity.get(over.id)).toEqual({
    ownerName: 'Ada',
    startedAt: at(60),
    endedAt: at(90),
    people: [
      { id: 'participant-ada', name: 'Ada' },
      { id: 'participant-bo', name: 'Bo' },
    ],
  });
  expect(activity.get(running.id)).toMatchObject({ endedAt: null, people: [{ id: 'participant-ada', name: 'Ada' }] });
  expect(activity.has(unused.id)).toBe(false);
});

it('tells others only of sessions they were in, and strangers nothing', async () => {
  const [ada, bo, eve] = await Promise.all(['Ada', 'Bo', 'Eve'].map((name) => testbed.person(name)));
  if (!ada || !bo || !eve) throw new Error('unreachable');
  const { id } = await testbed.meeting(ada);
  await session(id, 0, 10, [{ id: 'participant-bo', name: 'Bo', userId: bo.user.id, from: 0, to: 10 }]);
  await session(id, 60, null, [{ id: 'participant-ada', name: 'Ada', userId: ada.user.id, from: 60, to: null }]);
  expect((await meetingActivity(ada.user, [id])).get(id)?.startedAt).toEqual(at(60));
  expect((await meetingActivity(bo.user, [id])).get(id)).toMatchObject({ startedAt: at(0), endedAt: at(10) });
  expect((await meetingActivity(eve.user, [id])).size).toBe(0);
});
