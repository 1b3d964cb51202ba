import { describe, expect, it } from 'vitest';
import { until, openRig, inPhase, codeOf } from './testing/session-rig';
import { createMemoryRoom, memoryTicket } from './testing/memory-channel';
import { createFakeLocalMedia } from './testing/fake-local-media';
import { self } from './room-view';
import { PROTOCOL_VERSION } from '@parley/protocol/version';

const ALICE = { participant: 'alice-0001', name: 'Alice', role: 'host' } as const;
const BOB = { participant: 'bob-000001', name: 'Bob', role: 'participant' } as const;

const ticketOf = (who: typeof ALICE | typeof BOB) => () => Promise.resolve(memoryTicket(who));

describe('a session', () => {
  it('joins, announces what is captured and sends it', async () => {
    const room = createMemoryRoom();
    const alice = openRig({ connect: room.connect, getTicket: ticketOf(ALICE) });
    expect(alice.session.view.get().phase).toEqual({ name: 'joining' });
    await until(alice.session.view, (view) => Object.keys(self(view)?.publications ?? {}).length === 2);
    expect(alice.session.view.get().phase).toEqual({ name: 'connected' });
    const bob = openRig({ connect: room.connect, getTicket: ticketOf(BOB) });
    await until(bob.session.view, inPhase('connected'));
    expect(bob.transport.remotes.map((r) => r.participant)).toEqual([ALICE.participant]);
    await until(alice.session.view, (view) => BOB.participant in (view.room?.participants ?? {}));
    expect(alice.transport.remotes.map((r) => r.participant)).toEqual([BOB.participant]);
    expect([...alice.transport.sent.keys()]).toEqual(['microphone', 'camera']);
  });
});
