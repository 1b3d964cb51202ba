import { readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import path from 'node:path';
import { CONTROL_PATH, SIGNATURE_HEADER, signBody } from '@parley/protocol/service-calls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal, TEST_REPORT_SECRET } from './testing';

const MEETING = 'meeting-of-the-test';
const BOB = 'bob-the-guest';
let clock: ManualClock;
let signal: Awaited<ReturnType<typeof startSignal>>;
let ada: TestClient;
beforeEach(async () => {
  clock = new ManualClock();
  signal = await startSignal({ clock });
  ada = await connect(signal, { participant: 'ada-lovelace', role: 'host' });
  await ada.join();
});
afterEach(() => signal.stop());

async function post(body: string, signature: string | null): Promise<number> {
  const response = await fetch(`${signal.url}${CONTROL_PATH}`, {
    method: 'POST',
    body,
    headers: signature === null ? {} : { [SIGNATURE_HEADER]: signature },
  });
  return response.status;
}
const signed = (body: string, secret = TEST_REPORT_SECRET) => signBody(secret, body, clock.now());
async function control(call: object): Promise<number> {
  const body = JSON.stringify(call);
  return post(body, await signed(body));
}

test('newer settings reach the room, older ones change nothing', async () => {
  const settings = (version: number, title: string) => ({
    type: 'settings-changed',
    meeting: MEETING,
    settings: { version, title, maxParticipants: 9 },
  });
  expect(await control(settings(5, 'Fifth'))).toBe(200);
  await ada.until((state) => state.settings.title === 'Fifth');
  expect(await control(settings(4, 'Fourth'))).toBe(200);
  await ada.ask('set-hand', { raised: true });
  expect(ada.state?.settings).toEqual({ version: 5, title: 'Fifth', maxParticipants: 9 });
});

test('tickets from before the way in changed let nobody new in; who has a seat keeps it', async () => {
  const bob = await connect(signal, { participant: BOB });
  const enters = async (client: TestClient) => client.outcome('join', { instance: client.instance });
  clock.advance(1_000);
  const at = clock.now();
  expect(await control({ type: 'entries-from', meeting: MEETING, at })).toBe(200);
  // An earlier call that arrives later takes nothing back.
  expect(await control({ type: 'entries-from', meeting: MEETING, at: at - 60_000 })).toBe(200);
  expect(await enters(bob)).toBe('ticket-expired');
  expect(await enters(await connect(signal, { participant: BOB, meeting: 'another-meeting' }))).toBe('ok');
  expect(await ada.outcome('set-hand', { raised: true })).toBe('ok');
  expect(await enters(ada)).toBe('ok');
  // As long as such a ticket could be good, also when the room opens anew.
  await ada.ask('leave', { why: 'left' });
  expect(await enters(ada)).toBe('ticket-expired');
  clock.advance(1_000);
  await bob.ask('refresh-ticket', { ticket: await signal.mintTicket({ participant: BOB }) });
  expect(await enters(bob)).toBe('ok');
});

test('web ends the room', async () => {
  expect(await control({ type: 'end', meeting: MEETING })).toBe(200);
  await ada.gone();
  expect(ada.closed).toEqual([{ code: 'room-ended' }]);
  expect(ada.events.at(-1)?.event).toEqual({ type: 'ended', by: null });
});

test('a call is done when it is on disk, and is tried again when the disk has refused it', async () => {
  const logs = path.join(signal.dataDir, 'signal');
  const name = readdirSync(logs).find((file) => file.endsWith('.jsonl'))!;
  const onDisk = () => readFileSync(path.join(logs, name), 'utf8');
  const title = (version: number) => ({
    type: 'settings-changed',
    meeting: MEETING,
    settings: { version, title: `Title ${version}`, maxParticipants: 9 },
  });
  for (let version = 2; version < 20; version++) {
    expect(await control(title(version))).toBe(200);
    expect(onDisk()).toContain(`Title ${version}`);
  }
  const body = JSON.stringify({ type: 'end', meeting: MEETING });
  const signature = await signed(body);
  const handle = await openFile(path.join(logs, name));
  const write = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'write');
  await handle.close();
  write.mockRejectedValue(new Error('ENOSPC'));
  expect(await post(body, signature)).toBe(503);
  expect(await post(body, signature)).toBe(503);
  expect(ada.closed).toEqual([]);
  write.mockRestore();
  clock.advance(500);
  await ada.gone();
  expect(await post(body, signature)).toBe(200);
  expect(onDisk()).toContain('"ended"');
});

test('a call for a room that is not open is done', async () => {
  expect(await control({ type: 'end', meeting: 'meeting-not-open' })).toBe(200);
});

test('the same signed call twice is carried out once', async () => {
  const body = JSON.stringify({ type: 'end', meeting: MEETING });
  const signature = await signed(body);
  expect(await post(body, signature)).toBe(200);
  await ada.gone();
  const next = await connect(signal, { participant: 'ada-lovelace', role: 'host' });
  await next.join();
  expect(await post(body, signature)).toBe(200);
  expect(await next.outcome('set-hand', { raised: true })).toBe('ok');
});

test('unsigned, wrongly signed, stale, misshapen and oversized calls change nothing', async () => {
  const body = JSON.stringify({ type: 'end', meeting: MEETING });
  expect(await post(body, null)).toBe(401);
  expect(await post(body, 'nonsense')).toBe(401);
  expect(await post(body, await signed(body, 'another secret'))).toBe(401);
  expect(await post(body, await signed(`${body} `))).toBe(401);
  expect(await post(body, await signBody(TEST_REPORT_SECRET, body, clock.now() - 6 * 60_000))).toBe(401);
  for (const wrong of ['{', '[]', '{"type":"end"}', '{"type":"format-disk","meeting":"meeting-of-the-test"}'])
    expect(await post(wrong, await signed(wrong))).toBe(400);
  expect(await post('x'.repeat(70_000), await signed('x'))).toBe(413);
  expect(await ada.outcome('set-hand', { raised: true })).toBe('ok');
});

test('nothing else is served', async () => {
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', CONTROL_PATH],
    ['POST', '/health'],
    ['GET', '/../../etc/passwd'],
  ] as const)
    expect((await fetch(`${signal.url}${path}`, { method })).status).toBe(404);
});
