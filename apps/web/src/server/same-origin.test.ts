import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DELETE as deleteRecording } from '../app/api/recordings/[recording]/route';
import { POST as openTake } from '../app/api/takes/route';
import { POST as issueTicket } from '../app/api/tickets/route';
import { database } from './database';
import { requestAs } from './testing-request';
import { type WebTestbed, webTestbed } from './testing-web';
import type { Viewer } from './viewer';

vi.mock('next/headers', () => import('./testing-request'));

const OURS = 'http://localhost:3100';

let testbed: WebTestbed;
let owner: Viewer & { readonly user: NonNullable<Viewer['user']> };
let meeting: { id: string; slug: string };
let track: string;
beforeAll(async () => {
  testbed = await webTestbed({ WEB_URL: OURS });
  owner = await testbed.person('Olga');
});
afterAll(() => testbed.close());
beforeEach(async () => {
  meeting = await testbed.meeting(owner);
  const take = await database().take.create({
    data: {
      meetingId: meeting.id,
      destination: 'server',
      tracks: { create: { kind: 'composite', grantHash: meeting.id } },
    },
    include: { tracks: true },
  });
  track = take.tracks[0]?.id ?? '';
  await requestAs(owner.user);
});

const request = (method: string, headers: Record<string, string>, body?: object) =>
  new Request(`${OURS}/api`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });

/** Everything a page of ours may write by a route, in the name of who is signed in, and how it is answered then. */
const WRITES: readonly [string, number, (headers: Record<string, string>) => Promise<Response>][] = [
  ['POST /api/tickets', 200, (headers) => issueTicket(request('POST', headers, { meeting: meeting.slug }), undefined)],
  [
    'POST /api/takes',
    201,
    (headers) => openTake(request('POST', headers, { meeting: meeting.id, destination: 'device' }), undefined),
  ],
  [
    'DELETE /api/recordings/[recording]',
    204,
    (headers) => deleteRecording(request('DELETE', headers), { params: Promise.resolve({ recording: track }) }),
  ],
];

const everything = async () => [
  await database().seat.count(),
  await database().take.findMany({ orderBy: { id: 'asc' } }),
  await database().recordingTrack.count(),
];

describe.each(WRITES)('%s', (_name, done, write) => {
  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:4000' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: `${OURS}.evil.example` },
    { origin: 'null' },
    {},
  ])('is refused with %o, and writes nothing', async (headers) => {
    const before = await everything();
    const response = await write(headers);
    expect([response.status, await response.json()]).toEqual([403, { error: { code: 'wrong-origin' } }]);
    expect(await everything()).toEqual(before);
  });

  it.each([{ 'sec-fetch-site': 'same-origin' }, { origin: OURS }])('is done with %o', async (headers) => {
    const before = await everything();
    expect((await write(headers as unknown as Record<string, string>)).status).toBe(done);
    expect(await everything()).not.toEqual(before);
  });
});
