import { afterEach, describe, expect, it } from 'vitest';
import { openTransport } from './media/open-transport';
import { browserPlatform } from './platform';
import { mediaKey } from './room-view';
import { readyRoom } from './door';
import { type RoomSession, joinRoom } from './room-session';
import { browserParts } from './session-parts';
import { colourTrack, probeColour } from './testing/colour-track';
import { type FakeLocalMedia, createFakeLocalMedia } from './testing/fake-local-media';
import { type MemoryRoom, createMemoryRoom, memoryTicket } from './testing/memory-channel';
import { inPhase, until } from './testing/session-rig';

const ALICE = { participant: 'alice-0001', name: 'Alice', role: 'host' } as const;
const CAROL = { participant: 'carol-0001', name: 'Carol', role: 'participant' } as const;
const BOB = { participant: 'bob-000001', name: 'Bob', role: 'participant' } as const;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  connections.length = 0;
});

/** A tone, so that there is something to hear. */
function tone(): MediaStreamTrack {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  cleanups.push(() => context.close());
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error('No tone.');
  return track;
}

function localMedia(colour: string): FakeLocalMedia {
  const local = createFakeLocalMedia({ on: [] });
  const camera = colourTrack(colour);
  cleanups.push(() => camera.stop());
  local.capture('camera', { status: 'on', track: camera.track, muted: false });
  local.capture('microphone', { status: 'on', track: tone(), muted: false });
  return local;
}

const PATIENCE = { timeout: 30_000 };
const connections: RTCPeerConnection[] = [];

function join(room: MemoryRoom, who: typeof ALICE | typeof BOB | typeof CAROL, local: FakeLocalMedia): RoomSession {
  const ready = readyRoom(
    {
      signalUrl: 'http://memory.invalid',
      getTicket: () => Promise.resolve(memoryTicket(who)),
      local,
      openTake: () => Promise.reject(new Error('This test opens no take.')),
      saveFile() {},
    },
    {
      ...browserParts,
      connect: room.connect,
      openTransport,
      platform: {
        ...browserPlatform,
        createPeerConnection(configuration) {
          const connection = browserPlatform.createPeerConnection(configuration);
          connections.push(connection);
          return connection;
        },
      },
    },
  );
  const session = joinRoom(ready);
  cleanups.push(() => session.leave());
  return session;
}

/** Resolves when the middle of the picture is mostly this channel (0 red, 1 green, 2 blue). */
async function shows(session: RoomSession, from: string, channel: 0 | 1 | 2): Promise<void> {
  const key = mediaKey(from, 'camera');
  const view = await until(session.view, ({ arrivals }) => arrivals.has(key));
  const track = view.arrivals.get(key);
  if (!track) throw new Error('No picture arrived.');
  const probe = probeColour(track);
  cleanups.push(() => probe.close());
  await expect
    .poll(() => {
      const colour = probe.read();
      return colour !== null && colour[channel] > 150 && colour.every((value, i) => i === channel || value < 100);
    }, PATIENCE)
    .toBe(true);
}

describe('sessions in one page over the real mesh', () => {
  it('see and hear each other, and go on while signaling is away', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE, localMedia('red'));
    const bob = join(room, BOB, localMedia('blue'));
    await Promise.all([shows(alice, BOB.participant, 2), shows(bob, ALICE.participant, 0)]);
    await until(alice.view, ({ links }) => links.get(BOB.participant)?.status === 'connected');

    const loud = new Promise<void>((resolve) => {
      const stop = bob.onLevel(ALICE.participant, (level) => {
        if (level < 0.3) return;
        stop();
        resolve();
      });
    });
    await loud;

    const before = alice.view.get().arrivals;
    room.fail();
    await until(alice.view, inPhase('resuming'));
    expect(alice.view.get().links.get(BOB.participant)?.status).toBe('connected');
    room.restore();
    await Promise.all([until(alice.view, inPhase('connected')), until(bob.view, inPhase('connected'))]);
    // The same map: nothing arrived anew, no peer was closed.
    expect(alice.view.get().arrivals).toBe(before);
    await shows(bob, ALICE.participant, 0);
  });

  it('see everybody again after one of three came back too late', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE, localMedia('red'));
    const bob = join(room, BOB, localMedia('blue'));
    const carol = join(room, CAROL, localMedia('lime'));
    const everybodySeesEverybody = () =>
      Promise.all([
        ...[bob, carol].map((session) => shows(session, ALICE.participant, 0)),
        ...[alice, bob].map((session) => shows(session, CAROL.participant, 1)),
        ...[alice, carol].map((session) => shows(session, BOB.participant, 2)),
      ]);
    await everybodySeesEverybody();
    const before = [...connections];
    room.fail();
    await Promise.all([alice, bob, carol].map((session) => until(session.view, inPhase('resuming'))));
    // His seat was kept for as long as seats are.
    room.vacate(BOB.participant);
    room.restore();
    await Promise.all([alice, bob, carol].map((session) => until(session.view, inPhase('connected'))));
    // Only the link between the two others is the same.
    await expect
      .poll(() => before.filter(({ signalingState }) => signalingState !== 'closed').length, PATIENCE)
      .toBe(2);
    await everybodySeesEverybody();
    for (const { view } of [alice, bob, carol])
      await until(
        view,
        ({ links }) => links.size === 2 && [...links.values()].every(({ status }) => status === 'connected'),
      );
  });

  it('closes the peer when someone leaves', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE, localMedia('red'));
    const bob = join(room, BOB, localMedia('blue'));
    await shows(alice, BOB.participant, 2);
    await bob.leave();
    await until(alice.view, ({ links, arrivals }) => links.size === 0 && arrivals.size === 0);
    // Not only shown no more: the view shows nothing of who is gone.
    await expect
      .poll(() => connections.map(({ signalingState }) => signalingState), PATIENCE)
      .toEqual(['closed', 'closed']);
    expect(bob.view.get().phase).toEqual({ name: 'left', why: { type: 'left' } });
  });
});
