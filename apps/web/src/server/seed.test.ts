import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authenticate } from './accounts';
import { database } from './database';
import { listMeetings, meetingPage } from './history';
import { meetingActivity } from './meeting-activity';
import { closeQueue } from './jobs';
import { recordingsFor } from './recordings';
import { serveRecording } from './recording-file';
import { DEMO_EMAIL, seed } from './seed';
import { type WebTestbed, webTestbed } from './testing-web';
import type { Viewer } from './viewer';

let testbed: WebTestbed;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parley-seed-'));
  testbed = await webTestbed({ DATA_DIR: dataDir });
});
afterAll(async () => {
  await closeQueue();
  await testbed.close();
  await rm(dataDir, { recursive: true, force: true });
});

const demo = async (): Promise<Viewer & { user: NonNullable<Viewer['user']> }> => {
  const { id, name, email } = await database().user.findUniqueOrThrow({ where: { email: DEMO_EMAIL } });
  return { user: { id, name, email, locale: null }, guestId: null };
};

it('makes an account that can sign in, a planned meeting, two past ones and a whole recording', async () => {
  const { password } = await seed();
  expect(await authenticate({ email: DEMO_EMAIL, password: password ?? '' }, 'test')).toMatchObject({ ok: true });

  const viewer = await demo();
  const { upcoming, past } = await listMeetings(viewer.user);
  expect(upcoming.map(({ title }) => title)).toEqual(['Planning']);
  expect(past.map(({ title }) => title)).toEqual(['Design review', 'Interview']);
  const activity = await meetingActivity(
    viewer.user,
    past.map(({ id }) => id),
  );
  expect(past.map(({ id }) => activity.get(id)?.people.map(({ name }) => name))).toEqual([
    ['Maya Okafor', 'Jonas Weber', 'Sofia Almeida'],
    ['Maya Okafor', 'Ravi Menon'],
  ]);

  const page = await meetingPage(viewer, past[0]?.slug ?? '');
  expect(page?.sessions.map(({ people, chat, endedAt }) => [people.length, chat.length, endedAt !== null])).toEqual([
    [3, 3, true],
    [3, 2, true],
  ]);

  const { recordings } = await recordingsFor(viewer);
  expect(recordings).toHaveLength(1);
  expect(recordings[0]).toMatchObject({
    state: 'ready',
    title: 'Design review',
    people: ['Maya Okafor', 'Jonas Weber', 'Sofia Almeida'],
  });
  expect(recordings[0]?.durationMs).toBeGreaterThan(2_900);
  const range = new Request('http://localhost:3100/video', { headers: { range: 'bytes=0-3' } });
  const video = await serveRecording(range, viewer, recordings[0]?.id ?? '', 'video');
  expect(video.status).toBe(206);
  expect(Buffer.from(await video.arrayBuffer()).toString('hex')).toBe('1a45dfa3');
});

it('adds nothing the second time, and makes anew what was left half done', async () => {
  const viewer = await demo();
  const before = await listMeetings(viewer.user);
  expect(await seed()).toEqual({ email: DEMO_EMAIL, password: null });
  expect(await listMeetings(viewer.user)).toEqual(before);

  // As after a run that was killed before the recording arrived.
  await database().take.updateMany({ data: { state: 'receiving' } });
  await seed();
  const after = await listMeetings(viewer.user);
  expect(after.past.map(({ title }) => title)).toEqual(['Design review', 'Interview']);
  expect(after.past[0]?.id).not.toBe(before.past[0]?.id);
  expect((await recordingsFor(viewer)).recordings).toHaveLength(1);
});
