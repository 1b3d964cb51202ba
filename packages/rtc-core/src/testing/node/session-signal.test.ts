import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RoomState } from '@parley/protocol/room-state';
import { connectSocketIo } from '../../signal/socket-io-channel';
import { self } from '../../room-view';
import { TicketRefused } from '../../signal/tickets';
import { type SessionRig, codeOf, inPhase, openRig, until } from '../session-rig';
import { type SignalProcess, type TicketFor, startSignalProcess } from './signal-process';

let signal: SignalProcess;
beforeAll(async () => {
  signal = await startSignalProcess();
});
afterAll(() => signal.dispose());

const rigs: SessionRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.session.leave()));
});

let meetings = 0;
/** Each test has a meeting of its own. */
const freshMeeting = (): string => `meeting-${String(++meetings).padStart(4, '0')}`;

function join(who: TicketFor, options: Partial<Parameters<typeof openRig>[0]> = {}): SessionRig {
  const rig = openRig({
    connect: connectSocketIo,
    signalUrl: signal.url,
    getTicket: () => Promise.resolve(signal.ticket(who)),
    ...options,
  });
  rigs.push(rig);
  return rig;
}

const roomOf = (rig: SessionRig): RoomState => {
  const { room } = rig.session.view.get();
  if (!room) throw new Error('Not in the room yet.');
  return room;
};
const connected = (...all: SessionRig[]) =>
  Promise.all(all.map((rig) => until(rig.session.view, inPhase('connected'))));

describe('sessions and the real signal', () => {
  it('meet, chat both ways and know the same room', async () => {
    const meeting = freshMeeting();
    const alice = join({ meeting, participant: 'alice-0001', name: 'Alice', role: 'host' });
    const bob = join({ meeting, participant: 'bob-000001', name: null }, { name: 'Bob' });
    await connected(alice, bob);
    expect(codeOf(await alice.session.chat('Hello'))).toBe('ok');
    expect(codeOf(await bob.session.chat('Hello yourself'))).toBe('ok');
    expect(codeOf(await bob.session.setHand(true))).toBe('ok');
    await until(alice.session.view, ({ room }) => room?.participants['bob-000001']?.handRaisedAt !== null);
    await until(bob.session.view, ({ room }) => room?.revision === roomOf(alice).revision);
    expect(roomOf(bob)).toEqual(roomOf(alice));
    expect(roomOf(bob).chat.map((m) => [m.name, m.text])).toEqual([
      ['Alice', 'Hello'],
      ['Bob', 'Hello yourself'],
    ]);
    expect(alice.transport.remotes.map((r) => r.participant)).toEqual(['bob-000001']);
  });
});
