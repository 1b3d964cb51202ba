import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DELETE as deleteRecording } from '../app/api/recordings/[recording]/route';
import { POST as openTake } from '../app/api/takes/route';
import { POST as postTicket } from '../app/api/tickets/route';
import { authOptions } from './auth-options';
import { database, isDatabaseAway } from './database';
import { requestAs } from './testing-request';
import { type WebTestbed, webTestbed } from './testing-web';
import { currentUser } from './viewer';

vi.mock('next/headers', () => import('./testing-request'));

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());

const post = (body: unknown): Request =>
  new Request('http://localhost:3100/api', {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(body),
  });

it('knows who is signed in by their cookie, until the account ends its sessions', async () => {
  const ada = await testbed.person('Ada');
  await requestAs(null);
  expect(await currentUser()).toBeNull();
  await requestAs(ada.user);
  expect(await currentUser()).toEqual(ada.user);
  await database().user.update({ where: { id: ada.user.id }, data: { sessionsFrom: new Date(Date.now() + 1_000) } });
  expect(await currentUser()).toBeNull();
});

it('takes nobody for signed out because the database is away: 503, not a final no', async () => {
  const ada = await testbed.person('Ada');
  const meeting = await testbed.meeting(ada);
  await requestAs(ada.user);
  expect((await postTicket(post({ meeting: meeting.slug }), {})).status).toBe(200);

  await testbed.dropDatabase();
  expect(isDatabaseAway(await currentUser().catch((error: unknown) => error))).toBe(true);
  const answers = await Promise.all([
    postTicket(post({ meeting: meeting.slug }), {}),
    openTake(post({ meeting: meeting.id, destination: 'server' }), {}),
    deleteRecording(post({}), { params: Promise.resolve({ recording: 'some-recording' }) }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);

  // What this throws, next-auth would write into an address: the database's own among it.
  const [provider] = authOptions().providers as { options: { authorize(sent: object): Promise<unknown> } }[];
  expect(await provider?.options.authorize({ email: ada.user.email, password: 'some long password' })).toBeNull();
});
