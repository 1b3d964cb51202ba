import type { Control } from '@parley/protocol/service-calls';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { database } from './database';
import { deleteMeeting, renewInvite } from './meetings';
import { type WebTestbed, webTestbed } from './testing-web';

/** What signal was told, with the invite that let people in at that time. */
const told: { control: Control; invite: string | null }[] = [];
vi.mock('./control', () => ({
  async tellSignal(control: Control) {
    const alive = await database().invite.findFirst({ where: { meetingId: control.meeting, revokedAt: null } });
    told.push({ control, invite: alive?.id ?? null });
    return true;
  },
}));

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());
beforeEach(() => void told.splice(0));

it('tells signal that older tickets let nobody in when the new link is stored', async () => {
  const ada = await testbed.person('Ada');
  const { id: meeting } = await testbed.meeting(ada);
  const before = Date.now();
  const renewed = await renewInvite(ada, meeting);
  await expect.poll(() => told).toHaveLength(1);
  const [{ control, invite } = {}] = told;
  expect(control).toEqual({ type: 'entries-from', meeting, at: expect.any(Number) as number });
  expect(renewed.ok && renewed.value).toContain(invite);
  expect((control as { at: number }).at).toBeGreaterThanOrEqual(before);
});

it('tells signal of a deleted meeting when it is gone: first that nobody new comes in, then that it ends', async () => {
  const ada = await testbed.person('Ada');
  const { id: meeting } = await testbed.meeting(ada);
  await deleteMeeting(ada, meeting);
  await expect.poll(() => told).toHaveLength(2);
  expect(told).toEqual([
    { control: { type: 'entries-from', meeting, at: expect.any(Number) as number }, invite: null },
    { control: { type: 'end', meeting }, invite: null },
  ]);
});
