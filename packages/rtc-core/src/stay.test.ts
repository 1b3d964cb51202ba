import { afterEach, describe, expect, it } from 'vitest';
import { type MemoryClaims, type MemoryRoom, createMemoryRoom, memoryTicket } from './testing/memory-channel';
import { type SessionRig, inPhase, nodePlatform, openRig, until } from './testing/session-rig';

const ALICE = { participant: 'alice-0001', name: 'Alice', role: 'host' } as const;
const BOB = { participant: 'bob-000001', name: 'Bob', role: 'participant' } as const;
const CAROL = { participant: 'carol-0001', name: 'Carol', role: 'participant' } as const;

const rigs: SessionRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.session.leave()));
});

function join(room: MemoryRoom, who: MemoryClaims, options: Partial<Parameters<typeof openRig>[0]> = {}): SessionRig {
  const rig = openRig({ connect: room.connect, getTicket: () => Promise.resolve(memoryTicket(who)), ...options });
  rigs.push(rig);
  return rig;
}

const presenceOfBob = (rig: SessionRig, status: 'here' | 'away') =>
  until(rig.session.view, ({ room }) => room?.participants[BOB.participant]?.presence.status === status);

describe('someone else whose line broke', () => {
  it('is sent again what got lost meanwhile, as soon as they return', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([until(bob.session.view, inPhase('connected')), presenceOfBob(alice, 'here')]);
    bob.gate.cut();
    await presenceOfBob(alice, 'away');
    expect(alice.transport.resentTo).toEqual([]);
    bob.gate.mend();
    bob.page.emit('online');
    await presenceOfBob(alice, 'here');
    expect(alice.transport.resentTo).toEqual([BOB.participant]);
    expect(bob.transport.resentTo).toEqual([]);
  });

  it('is sent it also when only the state as it is now tells of the return', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([until(bob.session.view, inPhase('connected')), presenceOfBob(alice, 'here')]);
    const before = alice.transport.resends;
    room.forget();
    room.loseNextBroadcast();
    await bob.session.chat('lost on the way');
    await bob.session.chat('the next');
    await until(alice.session.view, (view) => view.room?.chat.length === 2);
    expect(alice.transport.resends).toBe(before + 1);
  });
});

describe('who comes back too late, to a room of several', () => {
  it('has a new peer to every one of them', async () => {
    const room = createMemoryRoom();
    const [alice, bob, carol] = [join(room, ALICE), join(room, BOB), join(room, CAROL)];
    const everybody = [ALICE, BOB, CAROL].map(({ participant }) => participant);
    for (const rig of [alice, bob, carol])
      await until(rig.session.view, (view) => everybody.every((id) => view.room?.participants[id]));
    bob.gate.cut();
    await presenceOfBob(alice, 'away');
    room.vacate(BOB.participant);
    await until(alice.session.view, (view) => !view.room?.participants[BOB.participant]);
    bob.gate.mend();
    bob.page.emit('online');
    await Promise.all([until(bob.session.view, inPhase('connected')), presenceOfBob(alice, 'here')]);
    await presenceOfBob(carol, 'here');
    for (const rig of [alice, bob, carol]) {
      const others = everybody.filter((id) => id !== rig.session.view.get().you);
      expect(rig.transport.remotes.map(({ participant }) => participant).sort()).toEqual(others);
      expect([...rig.session.view.get().links.keys()].sort()).toEqual(others);
    }
    // Each of them anew: the others have closed the old ones.
    const [none, all] = bob.transport.remotesHistory.slice(-2);
    expect([none, all?.length]).toEqual([[], 2]);
  });
});

describe('a call that goes on for longer than the relay gives', () => {
  it('hands each new set of ICE servers to its peers, once', async () => {
    const room = createMemoryRoom();
    // A minute, half of a ticket's life, passes at once.
    const platform = {
      ...nodePlatform,
      setTimeout: (act: () => void, ms: number) => setTimeout(act, ms < 60_000 ? ms : 5),
    };
    const alice = join(room, ALICE, { parts: { platform } });
    await until(alice.session.view, inPhase('connected'));
    const servers = (expiry: number) => [{ urls: ['turn:a.example'], username: `${expiry}:alice`, credential: 'c' }];
    const refreshes = () => room.commands.filter((name) => name === 'refresh-ticket').length;
    room.iceServers = servers(1);
    await until(alice.session.view, ({ iceServers }) => iceServers.length === 1);
    const before = refreshes();
    await expect.poll(refreshes).toBeGreaterThan(before + 1);
    expect(alice.transport.iceServersHistory).toEqual([servers(1)]);
    room.iceServers = servers(2);
    await until(alice.session.view, ({ iceServers }) => iceServers[0]?.username === '2:alice');
    expect(alice.transport.iceServersHistory).toEqual([servers(1), servers(2)]);
  });
});
