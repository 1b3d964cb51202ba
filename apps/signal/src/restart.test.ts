import { readdirSync } from 'node:fs';
import path from 'node:path';
import { participantOf } from '@parley/protocol/room-state';
import { expect, test } from 'vitest';
import { GRACE_MS } from './room';
import { connect } from './testing-client';
import { ManualClock, spawnSignal, startSignal, testId } from './testing';

const ADA = 'ada-lovelace';
const BOB = 'bob-the-guest';

test('SIGKILL in the middle of a chat: every acknowledged message, seat, mute, hand, role and take is there again', async () => {
  const first = await spawnSignal();
  const ada = await connect(first, { participant: ADA, role: 'host', name: 'Ada' });
  const bob = await connect(first, { participant: BOB, guest: true });
  await ada.join();
  await bob.join('Bob');
  await ada.ask('publish', { source: 'microphone', muted: true });
  await bob.ask('set-hand', { raised: true });
  await ada.ask('start-take', { permit: await first.mintPermit({ participant: ADA, take: 'take-of-ada-1' }) });
  await bob.ask('notice-take', { take: 'take-of-ada-1' });

  // Both talk without waiting until the process is shot; what was acknowledged is counted.
  const acknowledged = new Set<string>();
  const talk = setInterval(() => {
    for (const client of [ada, bob]) {
      const id = testId();
      client.socket.emit('chat', { id, text: `hello from ${client.participant}` }, (result) => {
        if (result.ok) acknowledged.add(id);
      });
    }
  }, 25);
  await ada.until((state) => state.chat.length >= 20);
  await first.kill();
  clearInterval(talk);
  await Promise.all([ada.gone(), bob.gone()]);
  const told = [ada.state!, bob.state!].sort((a, b) => a.revision - b.revision).at(-1)!;

  const second = await spawnSignal({ port: first.port, dataDir: first.dataDir, keys: first.keys });
  const back = await connect(second, { participant: BOB, guest: true, instance: bob.instance });
  const { state } = await back.join();
  expect(state).toMatchObject({ session: told.session, epoch: told.epoch, openedAt: told.openedAt });
  expect(state.revision).toBeGreaterThan(told.revision);
  const ids = state.chat.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  expect(ids).toEqual(expect.arrayContaining([...acknowledged]));
  expect(state.chat.slice(0, told.chat.length)).toEqual(told.chat);
  expect(state.take).toEqual(told.take);
  expect(participantOf(state, BOB)).toEqual(participantOf(told, BOB));
  expect(participantOf(state, ADA)).toMatchObject({
    ...participantOf(told, ADA),
    presence: { status: 'away', instance: ada.instance },
  });

  // Chat goes on, also by a message that was under way when the process died: sent again, it is there once.
  await back.ask('chat', { id: ids[0]!, text: 'again' }).catch(() => undefined);
  expect(back.state?.chat).toHaveLength(ids.length);
  const again = await connect(second, { participant: ADA, role: 'host', name: 'Ada', instance: ada.instance });
  await again.join();
  await again.ask('stop-take', { take: 'take-of-ada-1' });
  await back.until((after) => after.take === null && participantOf(after, ADA)?.presence.status === 'here');
  expect(back.state).toEqual(again.state);
  back.socket.disconnect();
  again.socket.disconnect();
  await second.stop();
});

test('after a restart every seat is away for the whole grace period; who does not come is gone, and with the last the session', async () => {
  const clock = new ManualClock();
  const first = await startSignal({ clock });
  const ada = await connect(first, { participant: ADA, role: 'host' });
  const bob = await connect(first, { participant: BOB });
  await ada.join();
  await bob.join();
  bob.cut();
  await ada.until((state) => participantOf(state, BOB)?.presence.status === 'away');
  clock.advance(GRACE_MS - 1);
  await first.kill();

  const second = await startSignal({ clock, port: first.port, dataDir: first.dataDir, keys: first.keys });
  expect(second.server.rooms.counts).toEqual({ rooms: 1, participants: 0 });
  clock.advance(GRACE_MS - 1);
  const back = await connect(second, { participant: ADA, role: 'host', instance: ada.instance });
  await back.join();
  expect(participantOf(back.state!, BOB)?.presence.status).toBe('away');
  clock.advance(1);
  await back.until((state) => !participantOf(state, BOB));

  await second.kill();
  const third = await startSignal({ clock, dataDir: first.dataDir, keys: first.keys });
  clock.advance(GRACE_MS);
  expect(third.server.rooms.counts).toEqual({ rooms: 0, participants: 0 });
  await third.stop();
});

test('who was removed stays out after a restart, also when the session ended with it', async () => {
  const clock = new ManualClock();
  const first = await startSignal({ clock });
  const ada = await connect(first, { participant: ADA, role: 'host' });
  const bob = await connect(first, { participant: BOB });
  await ada.join();
  await bob.join();
  await ada.ask('remove-participant', { participant: BOB });
  await ada.ask('leave', { why: 'left' });
  await first.kill();
  const second = await startSignal({ clock, dataDir: first.dataDir, keys: first.keys });
  const again = await connect(second, { participant: BOB });
  expect(await again.outcome('join', { instance: again.instance })).toBe('removed');
  await second.stop();
});

test('SIGTERM lets everything that was said reach the disk, and seats wait for the next start', async () => {
  const first = await spawnSignal();
  const ada = await connect(first, { participant: ADA, role: 'host' });
  await ada.join();
  await ada.ask('chat', { id: 'message-1', text: 'before' });
  await first.stop();
  await ada.gone();
  expect(ada.closed).toEqual([]);
  expect(first.process.exitCode).toBe(0);
  expect(readdirSync(path.join(first.dataDir, 'signal')).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
  const second = await startSignal({ dataDir: first.dataDir, keys: first.keys });
  const back = await connect(second, { participant: ADA, role: 'host', instance: ada.instance });
  await back.join();
  expect(back.state?.chat).toHaveLength(1);
  await second.stop();
});

test('when the parent goes away, signal ends by itself', async () => {
  const signal = await spawnSignal();
  const ended = new Promise((resolve) => signal.process.once('exit', resolve));
  signal.process.disconnect();
  expect(await ended).toBe(0);
});

test('a second start beside a running one leaves its rooms alone', async () => {
  const signal = await startSignal();
  const ada = await connect(signal, { participant: ADA, role: 'host' });
  await ada.join();
  await expect(startSignal({ port: signal.port, dataDir: signal.dataDir })).rejects.toThrow(/is in use/u);
  await ada.ask('chat', { id: 'message-1', text: 'still alone' });
  expect(ada.events.map(({ event }) => event.type)).toEqual(['chat-sent']);
  await signal.kill();
  const again = await startSignal({ dataDir: signal.dataDir, keys: signal.keys });
  const back = await connect(again, { participant: ADA, role: 'host', instance: ada.instance });
  await back.join();
  expect(back.state?.chat).toHaveLength(1);
  await again.stop();
});
