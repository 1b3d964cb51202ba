import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database } from './database';
import { currentInviteLink, redeemInvite } from './invites';
import { renameMeeting, renewInvite } from './meetings';
import { openTake } from './takes';
import { type WebTestbed, webTestbed } from './testing-web';
import { issueTicket } from './tickets';
import type { Viewer } from './viewer';

let testbed: WebTestbed;
let owner: Viewer;
let meeting: { id: string; slug: string };
beforeAll(async () => {
  testbed = await webTestbed();
  owner = await testbed.person('Olga');
});
afterAll(() => testbed.close());
beforeEach(async () => {
  meeting = await testbed.meeting(owner);
});

/** What `act` comes to when the meeting is being deleted, and is gone once `act` gets on. */
async function whileDeleted<T>(act: () => Promise<T>): Promise<T> {
  let acting: Promise<T> | undefined;
  await database().$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "Meeting" WHERE id = ${meeting.id} FOR UPDATE`;
      acting = act();
      acting.catch(() => undefined);
      await expect
        .poll(
          () =>
            database()
              .$queryRaw`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        .toHaveLength(1);
      await tx.meeting.delete({ where: { id: meeting.id } });
    },
    { timeout: 20_000 },
  );
  if (!acting) throw new Error('unreachable');
  return acting;
}

describe('while a meeting is being deleted', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['renamed', () => renameMeeting(owner, meeting.id, 'Late')],
    ['given another invite', () => renewInvite(owner, meeting.id)],
    ['recorded', () => openTake(owner, { meeting: meeting.id, destination: 'server' })],
    ['entered', () => issueTicket(owner, { meeting: meeting.slug })],
  ])('it cannot be %s: it is not there', async (_, act) => {
    expect(await whileDeleted(act)).toEqual({ ok: false, code: 'not-found' });
  });

  it('its invite leads nowhere, and neither waits for the other', async () => {
    const token = (await currentInviteLink(meeting.id))?.split('/').at(-1) ?? '';
    expect(await whileDeleted(() => redeemInvite(token, { user: null, guestId: null }))).toBeNull();
  });
});
