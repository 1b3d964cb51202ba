import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chooseLocale } from '../frame/preferences';
import { deleteRecording } from '../history/actions';
import { FORM_AT_REST } from '../server/answer';
import { database } from '../server/database';
import * as meetings from '../server/meetings';
import { requestAs } from '../server/testing-request';
import { type WebTestbed, webTestbed } from '../server/testing-web';
import type { Viewer } from '../server/viewer';
import { deleteMeeting, newMeeting, renameMeeting, renewInvite, scheduleMeeting } from './actions';

vi.mock('next/headers', () => import('../server/testing-request'));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));

let testbed: WebTestbed;
let owner: Viewer & { readonly user: NonNullable<Viewer['user']> };
let mine: { id: string; slug: string };
let others: { id: string; slug: string };
let track: string;

beforeAll(async () => {
  testbed = await webTestbed();
  owner = await testbed.person('Olga');
  mine = await testbed.meeting(owner);
  others = await testbed.meeting(await testbed.person('Ottilie'));
  const take = await database().take.create({
    data: { meetingId: mine.id, destination: 'server', tracks: { create: { kind: 'composite', grantHash: 'x' } } },
    include: { tracks: true },
  });
  track = take.tracks[0]?.id ?? '';
});
afterAll(() => testbed.close());

function form(fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
const rename = (id: string, title = 'Another') => renameMeeting(FORM_AT_REST, form({ id, title }));
const PLAN = {
  title: 'Weekly',
  starts: '2099-12-01T09:30',
  duration: '45',
  timeZone: 'UTC',
  description: 'Long notes',
};

/** All that a rename, a renewal or a deletion could have changed. */
const everything = async () => [
  await database().meeting.findMany({ orderBy: { id: 'asc' } }),
  await database().invite.findMany({ orderBy: { id: 'asc' } }),
  await database().recordingTrack.count(),
];

describe('an id that is none', () => {
  const notFound = { ok: false, code: 'not-found' };

  // What React decodes a server action's arguments into is up to who sends them.
  it.each([[{ not: 'x' }], [{ in: [] }], [{ startsWith: '' }], ['\0'], [''], [null], [undefined], [[]], [7]])(
    '%j finds nothing, and changes nothing',
    async (sent) => {
      const list = typeof sent === 'object' && sent && 'in' in sent ? { in: [mine.id, others.id] } : sent;
      const id = list as string;
      await requestAs(owner.user);
      const before = await everything();
      expect(await deleteMeeting(id)).toEqual(notFound);
      expect(await renewInvite(id)).toEqual(notFound);
      expect(await rename(id)).toMatchObject({ status: 'refused', code: 'not-found' });
      expect(await deleteRecording(id)).toEqual(notFound);
      // Whoever calls these from elsewhere is as safe.
      expect(await meetings.deleteMeeting(owner, id)).toEqual(notFound);
      expect(await meetings.renewInvite(owner, id)).toEqual(notFound);
      expect(await meetings.renameMeeting(owner, id, 'Another')).toEqual(notFound);
      expect(await everything()).toEqual(before);
    },
  );

  it('and one that is does what was asked for', async () => {
    await requestAs(owner.user);
    expect(await rename(mine.id, 'Renamed')).toMatchObject({ status: 'done' });
    expect(await renewInvite(mine.id)).toMatchObject({ ok: true });
    expect(await renewInvite(others.id)).toEqual(notFound);
  });
});

it('tells who is signed out so, and loses nothing that was typed', async () => {
  await requestAs(null);
  const signedOut = { ok: false, code: 'not-signed-in' };
  expect(await scheduleMeeting(FORM_AT_REST, form(PLAN))).toMatchObject({ code: 'not-signed-in', values: PLAN });
  expect(await rename(mine.id)).toMatchObject({ code: 'not-signed-in', values: { title: 'Another' } });
  expect(await deleteMeeting(mine.id)).toEqual(signedOut);
  expect(await renewInvite(mine.id)).toEqual(signedOut);
  expect(await deleteRecording(track)).toEqual(signedOut);
});

it('tells that the database is away, and loses nothing that was typed', async () => {
  await requestAs(owner.user);
  await testbed.dropDatabase();
  const away = { ok: false, code: 'database-away' };
  expect(await scheduleMeeting(FORM_AT_REST, form(PLAN))).toMatchObject({ code: 'database-away', values: PLAN });
  expect(await rename(mine.id)).toMatchObject({ code: 'database-away', values: { title: 'Another' } });
  expect(await deleteMeeting(mine.id)).toEqual(away);
  expect(await renewInvite(mine.id)).toEqual(away);
  expect(await deleteRecording(track)).toEqual(away);
  expect(await newMeeting(FORM_AT_REST, new FormData())).toMatchObject({ status: 'refused', code: 'database-away' });
  expect(await chooseLocale('zh-CN')).toEqual(away);
});
