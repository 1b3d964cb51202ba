import { REPORT_PATH, SIGNATURE_HEADER, signBody } from '@parley/protocol/service-calls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { POST } from '../app/api/signal/report/route';
import { database } from './database';
import { deleteMeeting } from './meetings';
import { participantIdOf } from './participants';
import { ReportMismatch, storeReport } from './reports';
import { RoomLog } from './testing-room-log';
import { type WebTestbed, webTestbed } from './testing-web';
import type { Viewer } from './viewer';

const ADA = 'ada-participant-00000';
const GUEST = 'guest-participant-000';

let testbed: WebTestbed;
let ada: Viewer & { user: { id: string } };
let meeting: string;
let log: RoomLog;
beforeAll(async () => {
  testbed = await webTestbed();
  ada = await testbed.person('Ada');
});
afterAll(() => testbed.close());
beforeEach(async () => {
  meeting = (await testbed.meeting(ada)).id;
  await database().seat.createMany({
    data: [
      { meetingId: meeting, participantId: ADA, subject: `user:${ada.user.id}` },
      { meetingId: meeting, participantId: GUEST, subject: 'guest:gggggggggggggggggggggg' },
    ],
  });
  log = new RoomLog(meeting);
});

const stays = () =>
  database().attendance.findMany({ where: { sessionId: log.session }, orderBy: [{ joinedAt: 'asc' }] });

/** Everything that reports write, to compare. */
async function everything() {
  const where = { sessionId: log.session };
  return {
    session: await database().roomSession.findUnique({ where: { id: log.session } }),
    stays: await stays(),
    chat: await database().chatMessage.findMany({ where, orderBy: { revision: 'asc' } }),
    bans: await database().ban.findMany({ where: { meetingId: meeting } }),
    takes: await database().take.findMany({ where: { meetingId: meeting } }),
    lastUsedAt: (await database().meeting.findUnique({ where: { id: meeting } }))?.lastUsedAt,
  };
}

function aMeeting(): RoomLog {
  return log
    .joins(ADA, 'Ada') // 2
    .joins(GUEST, 'Gundula', true) // 3
    .says(GUEST, 'Gundula', 'Hello <b>you</b>') // 4
    .add({ type: 'went-away', participant: GUEST }) // 5
    .add({ type: 'returned', participant: GUEST, instance: 'instance2', name: 'Gundula G.', role: 'participant' }) // 6
    .add({ type: 'left', participant: GUEST, why: 'left', by: null }) // 7
    .joins(GUEST, 'Gundula', true) // 8
    .add({ type: 'left', participant: GUEST, why: 'removed', by: ADA }) // 9
    .add({ type: 'ended', by: null }); // 10
}

describe('what is stored', () => {
  it('is who was there, when, what was said, and who may not come back', async () => {
    expect(await storeReport(aMeeting().report())).toBe(10);
    const { session, chat, bans, lastUsedAt } = await everything();
    expect(session).toMatchObject({ revision: 10, startedAt: log.at(1), endedAt: log.at(10) });
    expect(await stays()).toMatchObject([
      { participantId: ADA, name: 'Ada', guest: false, userId: ada.user.id, joinedAt: log.at(2), leftAt: log.at(10) },
      { participantId: GUEST, name: 'Gundula G.', guest: true, userId: null, joinedAt: log.at(3), leftAt: log.at(7) },
      { participantId: GUEST, name: 'Gundula', joinedAt: log.at(8), leftAt: log.at(9) },
    ]);
    expect(chat).toMatchObject([{ revision: 4, name: 'Gundula', text: 'Hello <b>you</b>', at: log.at(4) }]);
    expect(bans).toMatchObject([{ subject: 'guest:gggggggggggggggggggggg' }]);
    expect(lastUsedAt).toEqual(log.at(10));
  });

  it('is the same however the log is cut, repeated and overlapped', async () => {
    const whole = aMeeting();
    await storeReport(whole.report());
    const expected = await everything();
    for (let cut = 1; cut < 10; cut++) {
      await database().roomSession.delete({ where: { id: log.session } });
      await database().ban.deleteMany({ where: { meetingId: meeting } });
      await database().meeting.update({ where: { id: meeting }, data: { lastUsedAt: null } });
      expect(await storeReport(whole.report(1, cut))).toBe(cut);
      expect(await storeReport(whole.report(1, cut))).toBe(cut);
      expect(await storeReport(whole.report(Math.max(1, cut - 2)))).toBe(10);
      expect(await storeReport(whole.report())).toBe(10);
      expect(await everything(), `cut at ${cut}`).toEqual(expected);
    }
  });

  it('is the same when two reports of it arrive at once', async () => {
    const whole = aMeeting();
    expect(await Promise.all([1, 2, 3, 4].map(() => storeReport(whole.report())))).toEqual([10, 10, 10, 10]);
    expect(await stays()).toHaveLength(3);
  });

  it('never has a hole: what comes after one waits', async () => {
    const whole = aMeeting();
    expect(await storeReport(whole.report(3))).toBe(0);
    expect(await everything()).toMatchObject({ session: null, lastUsedAt: null });
    expect(await storeReport(whole.report(1, 3))).toBe(3);
    expect(await storeReport(whole.report(6))).toBe(3);
    const torn = { ...whole.report(4, 5), events: [...whole.report(4, 4).events, ...whole.report(8).events] };
    expect(await storeReport(torn)).toBe(4);
    expect(await storeReport(whole.report(4))).toBe(10);
  });

  it('is nothing at all when the report cannot be stored whole', async () => {
    const broken = log.joins(ADA, 'Ada').says(ADA, 'Ada', 'x').report();
    // No date at all: PostgreSQL refuses it.
    const events = broken.events.map((e) => (e.revision === 3 ? { ...e, at: Number.NaN } : e));
    await expect(storeReport({ ...broken, events })).rejects.toThrow();
    expect(await everything()).toMatchObject({ session: null, stays: [], chat: [] });
    expect(await storeReport(broken)).toBe(3);
  });

  it('holds what PostgreSQL cannot: a NUL and half a character', async () => {
    await storeReport(log.joins(ADA, 'Ada').says(ADA, 'Ada', 'a\u0000b\ud800c').report());
    expect((await everything()).chat).toMatchObject([{ text: 'ab\ufffdc' }]);
  });

  it('closes a session whose end was never reported when the next one opens', async () => {
    await storeReport(log.joins(ADA, 'Ada').report());
    const next = new RoomLog(meeting, log.openedAt + 3_600_000);
    await storeReport(next.report());
    expect((await everything()).session?.endedAt).toEqual(next.at(1));
    expect(await stays()).toMatchObject([{ leftAt: next.at(1) }]);
  });

  it('has the true ends of a session whose last events are heard of only after the next one has opened', async () => {
    const whole = aMeeting();
    await storeReport(whole.report());
    const expected = await stays();
    await database().roomSession.delete({ where: { id: log.session } });
    const next = new RoomLog(meeting, log.openedAt + 3_600_000);
    await storeReport(whole.report(1, 4));
    await storeReport(next.joins(ADA, 'Ada').report());
    expect((await stays())[0]?.leftAt).toEqual(next.at(1));
    expect(await storeReport(whole.report(5))).toBe(10);
    expect(await stays()).toEqual(expected);
    expect((await everything()).session?.endedAt).toEqual(log.at(10));
    expect(await database().attendance.findMany({ where: { sessionId: next.session } })).toMatchObject([
      { leftAt: null },
    ]);
  });

  it('leaves a session alone that is heard of before the one before it', async () => {
    const next = new RoomLog(meeting, log.openedAt + 3_600_000);
    await storeReport(next.joins(ADA, 'Ada').report());
    await storeReport(aMeeting().report());
    expect(
      await database().roomSession.findMany({ where: { meetingId: meeting }, orderBy: { startedAt: 'asc' } }),
    ).toMatchObject([
      { id: log.session, endedAt: log.at(10) },
      { id: next.session, endedAt: null },
    ]);
    expect(await database().attendance.findMany({ where: { sessionId: next.session } })).toMatchObject([
      { leftAt: null },
    ]);
  });

  it('keeps the name of somebody whose account is gone', async () => {
    const gone = await testbed.person('Gone');
    await database().seat.update({
      where: { meetingId_participantId: { meetingId: meeting, participantId: GUEST } },
      data: { subject: `user:${gone.user.id}` },
    });
    await database().user.delete({ where: { id: gone.user.id } });
    await storeReport(log.joins(GUEST, 'Gone').report());
    expect(await stays()).toMatchObject([{ name: 'Gone', userId: null }]);
  });

  it('is refused for a session of another meeting, and let go for a meeting that was deleted', async () => {
    await storeReport(log.report());
    const other = await testbed.meeting(ada);
    await expect(storeReport({ ...log.report(), meeting: other.id })).rejects.toThrow(ReportMismatch);
    expect((await deleteMeeting(ada, meeting)).ok).toBe(true);
    expect(await storeReport(aMeeting().report())).toBeNull();
    expect((await everything()).session).toBeNull();
  });
});

describe('a take', () => {
  const take = (destination = 'server') => database().take.create({ data: { meetingId: meeting, destination } });

  it('goes from opened over recording to receiving, and no take of another meeting does', async () => {
    const { id } = await take();
    const foreign = await database().take.create({
      data: { meetingId: (await testbed.meeting(ada)).id, destination: 'server' },
    });
    log.joins(ADA, 'Ada').add({ type: 'take-started', take: id, by: ADA, destination: 'server' });
    log.add({ type: 'take-started', take: foreign.id, by: ADA, destination: 'server' });
    await storeReport(log.report());
    expect((await everything()).takes).toMatchObject([
      { state: 'recording', sessionId: log.session, startedAt: log.at(3) },
    ]);
    await storeReport(log.add({ type: 'take-stopped', take: id, why: 'stopped' }).report(5));
    expect((await everything()).takes).toMatchObject([{ state: 'receiving', stoppedAt: log.at(5) }]);
    expect(await database().take.findUnique({ where: { id: foreign.id } })).toMatchObject({
      state: 'opened',
      sessionId: null,
    });
  });

  it('that is started again, by a permit that signal has forgotten, keeps its session and its start', async () => {
    const { id } = await take();
    const started = { type: 'take-started', take: id, by: ADA, destination: 'server' } as const;
    await storeReport(log.add(started).add(started).report());
    await storeReport(new RoomLog(meeting).add(started).report());
    expect((await everything()).takes).toMatchObject([{ sessionId: log.session, startedAt: log.at(2) }]);
  });

  it('stops with its room, and a device take is done then', async () => {
    const [kept, device] = [await take(), await take('device')];
    log.add({ type: 'take-started', take: kept.id, by: ADA, destination: 'server' });
    log.add({ type: 'take-started', take: device.id, by: ADA, destination: 'device' });
    await storeReport(log.add({ type: 'ended', by: ADA }).report());
    const states = Object.fromEntries((await everything()).takes.map((t) => [t.id, t.state]));
    expect(states).toEqual({ [kept.id]: 'receiving', [device.id]: 'ready' });
  });

  it('that was finished before its report arrived stays finished', async () => {
    const { id } = await take();
    await database().take.update({ where: { id }, data: { state: 'ready' } });
    log.add({ type: 'take-started', take: id, by: ADA, destination: 'server' });
    await storeReport(log.add({ type: 'take-stopped', take: id, why: 'recorder-left' }).report());
    expect((await everything()).takes).toMatchObject([
      { state: 'ready', sessionId: log.session, stoppedAt: log.at(3) },
    ]);
  });
});

describe('POST /api/signal/report', () => {
  async function post(body: string, signature?: string): Promise<{ status: number; body: unknown }> {
    const secret = process.env.REPORT_SECRET ?? '';
    const request = new Request(`http://localhost:3100${REPORT_PATH}`, {
      method: 'POST',
      headers: { [SIGNATURE_HEADER]: signature ?? (await signBody(secret, body, Date.now())) },
      body,
    });
    const response = await POST(request, undefined);
    return { status: response.status, body: await response.json() };
  }

  it('stores what is signed, and answers what is stored', async () => {
    expect(await post(JSON.stringify(aMeeting().report(1, 4)))).toEqual({ status: 200, body: { stored: 4 } });
    expect(await post(JSON.stringify(log.report(8)))).toEqual({ status: 200, body: { stored: 4 } });
    expect(await post(JSON.stringify(log.report()))).toEqual({ status: 200, body: { stored: 10 } });
  });

  it('tells signal of a meeting that was deleted that it is gone, and to send no more of it', async () => {
    await deleteMeeting(ada, meeting);
    expect(await post(JSON.stringify(log.joins(ADA, 'Ada').report()))).toEqual({
      status: 200,
      body: { stored: 2, gone: true },
    });
  });

  it('stores nothing that is unsigned, signed by another, for another body, or long ago', async () => {
    const body = JSON.stringify(log.report());
    const secret = process.env.REPORT_SECRET ?? '';
    const wrong = [
      '',
      await signBody('another secret', body, Date.now()),
      await signBody(secret, `${body} `, Date.now()),
      await signBody(secret, body, Date.now() - 6 * 60_000),
    ];
    for (const signature of wrong) expect(await post(body, signature)).toMatchObject({ status: 401 });
    expect((await everything()).session).toBeNull();
  });

  it('reads no body when it cannot be signed, or was signed long ago', async () => {
    const signed = `v1=${'0'.repeat(64)}`;
    for (const signature of ['', 'nonsense', `t=1,${signed}`, `t=${Date.now() - 6 * 60_000},${signed}`]) {
      const body = new ReadableStream(
        { pull: (stream) => stream.enqueue(new Uint8Array(65_536)) },
        { highWaterMark: 0 },
      );
      const init = { method: 'POST', headers: { [SIGNATURE_HEADER]: signature }, body, duplex: 'half' };
      const request = new Request(`http://localhost:3100${REPORT_PATH}`, init);
      expect((await POST(request, undefined)).status).toBe(401);
      expect(request.bodyUsed).toBe(false);
    }
  });

  it('refuses what has another shape', async () => {
    for (const body of ['', '{', '[]', '{"meeting":"x"}', JSON.stringify({ ...log.report(), events: [] })])
      expect(await post(body)).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
  });
});

it('finds the account behind the participant that tickets make', async () => {
  const participant = participantIdOf(meeting, `user:${ada.user.id}`);
  await database().seat.update({
    where: { meetingId_participantId: { meetingId: meeting, participantId: ADA } },
    data: { participantId: participant },
  });
  await storeReport(log.joins(participant, 'Ada').report());
  expect(await stays()).toMatchObject([{ userId: ada.user.id }]);
});
