import { afterEach, describe, expect, it } from 'vitest';
import { accept } from '@parley/protocol/refusal';
import { RtcError } from './errors';
import type { LinkStats } from './media/media-transport';
import type { Notice } from './room-session';
import { mediaKey, self } from './room-view';
import { createFakeLocalMedia, fakeTrack } from './testing/fake-local-media';
import { createMemoryRoom, memoryTicket } from './testing/memory-channel';
import {
  type SessionRig,
  codeOf,
  connected,
  createMemoryRigs,
  inPhase,
  nodePlatform,
  until,
} from './testing/session-rig';

const ALICE = { participant: 'alice-0001', name: 'Alice', role: 'host' } as const;
const BOB = { participant: 'bob-000001', name: 'Bob', role: 'participant' } as const;

const { join, leave } = createMemoryRigs();
afterEach(leave);
const has = (rig: SessionRig, participant: string) =>
  until(rig.session.view, ({ room }) => participant in (room?.participants ?? {}));
const announced = (rig: SessionRig) =>
  until(rig.session.view, (view) => Object.keys(self(view)?.publications ?? {}).length === 2);

const GOOD_STATS: Omit<LinkStats, 'participant'> = {
  roundTripMs: 30,
  packetsLost: 0,
  packetsReceived: 0,
  bytesReceived: 0,
  bytesSent: 0,
  framesDecoded: 0,
  localCandidateType: 'host',
  remoteCandidateType: 'host',
};

describe('joining', () => {
  it('sends nothing but the join after the click, and nothing before', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE);
    expect(alice.session.view.get().phase).toEqual({ name: 'joining' });
    await connected(alice);
    expect(alice.ready.trouble.get()).toBeNull();
    expect(room.commands[0]).toBe('join');
    expect(alice.transports).toHaveLength(1);
  });

  it.each(['version-mismatch', 'room-full', 'removed', 'origin-not-allowed'] as const)(
    'ends when the handshake is refused: %s',
    async (code) => {
      const room = createMemoryRoom();
      room.refuseNext({ code });
      const alice = join(room, ALICE);
      const { phase } = await until(alice.session.view, inPhase('left'));
      expect(phase).toEqual({ name: 'left', why: { type: 'refused', refusal: { code } } });
      expect(alice.ready.trouble.get()).toEqual({ code });
      expect(codeOf(await alice.session.chat('too late'))).toBe('not-joined');
    },
  );

  it.each(['shutting-down', 'too-fast', 'internal', 'ticket-expired'] as const)(
    'tries again when the handshake meets what passes: %s',
    async (code) => {
      const room = createMemoryRoom();
      room.refuseNext({ code });
      const alice = join(room, ALICE);
      const { phase } = await until(alice.session.view, ({ phase }) => phase.name === 'joining' && !!phase.error);
      expect(phase).toEqual({ name: 'joining', error: { code } });
      await connected(alice);
    },
  );

  it('says in the phase that web gives no ticket, and goes on asking', async () => {
    const room = createMemoryRoom();
    let web = false;
    const alice = join(room, ALICE, {
      getTicket: () => (web ? Promise.resolve(memoryTicket(ALICE)) : Promise.reject(new Error('offline'))),
    });
    await until(
      alice.session.view,
      ({ phase }) => phase.name === 'joining' && phase.error?.code === 'ticket-unavailable',
    );
    expect(alice.ready.trouble.get()?.code).toBe('ticket-unavailable');
    web = true;
    alice.page.emit('online');
    await connected(alice);
    expect(alice.ready.trouble.get()).toBeNull();
  });
});

describe('following the room', () => {
  it('catches up when a broadcast was lost', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([announced(alice), announced(bob)]);
    const heard: Notice[] = [];
    bob.session.onNotice((notice) => heard.push(notice));
    room.loseNextBroadcast();
    await alice.session.chat('lost on the way');
    await alice.session.chat('the next');
    const view = await until(bob.session.view, ({ room }) => room?.chat.length === 2);
    expect(view.room).toEqual(room.state);
    expect(room.commands).toContain('catch-up');
    // What was missed is told like what was heard.
    expect(
      heard.flatMap((n) => (n.type === 'event' && n.event.type === 'chat-sent' ? n.event.message.text : [])),
    ).toEqual(['lost on the way', 'the next']);
  });

  it('keeps the identity of what a snapshot does not change', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([announced(alice), announced(bob)]);
    await bob.session.chat('Hello');
    const before = await until(alice.session.view, ({ room }) => room?.chat.length === 1);
    room.fail();
    await Promise.all([alice, bob].map((rig) => until(rig.session.view, inPhase('resuming'))));
    room.restore();
    await connected(alice, bob);
    const after = await until(
      alice.session.view,
      ({ room }) => room?.participants[BOB.participant]?.presence.status === 'here',
    );
    expect(after.room).not.toBe(before.room);
    expect(after.room?.chat).toBe(before.room?.chat);
    expect(after.room?.settings).toBe(before.room?.settings);
    expect(after.iceServers).toBe(before.iceServers);
  });

  it('shows tracks and links only of who is in the room', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([connected(alice), has(alice, BOB.participant)]);
    const track = fakeTrack('video');
    const key = mediaKey(BOB.participant, 'camera');
    alice.transport.arrivals.set(
      new Map([
        [key, track],
        [mediaKey('ghost-0001', 'camera'), fakeTrack('video')],
      ]),
    );
    alice.transport.links.set(new Map([[BOB.participant, { status: 'connected' }]]));
    expect([...alice.session.view.get().links]).toEqual([[BOB.participant, { status: 'connected', quality: 'good' }]]);
    expect([...alice.session.view.get().arrivals]).toEqual([[key, track]]);
    const { arrivals, links } = alice.session.view.get();
    alice.transport.links.set(new Map([[BOB.participant, alice.transport.links.get().get(BOB.participant)!]]));
    expect(alice.session.view.get().arrivals).toBe(arrivals);
    expect(alice.session.view.get().links).toBe(links);
    await bob.session.leave();
    await until(alice.session.view, ({ arrivals, links }) => arrivals.size === 0 && links.size === 0);
    expect(alice.transport.remotes).toEqual([]);
  });

  it('shows a link that has been poor for a while as poor', async () => {
    const room = createMemoryRoom();
    // Six seconds of watching pass in a few milliseconds.
    const platform = { ...nodePlatform, setTimeout: (act: () => void, ms: number) => setTimeout(act, ms / 1_000) };
    const alice = join(room, ALICE, { parts: { platform } });
    join(room, BOB);
    await Promise.all([connected(alice), has(alice, BOB.participant)]);
    alice.transport.links.set(new Map([[BOB.participant, { status: 'connected' }]]));
    alice.transport.stats = () => Promise.resolve([{ ...GOOD_STATS, participant: BOB.participant, roundTripMs: 900 }]);
    const { links } = await until(alice.session.view, ({ links }) => {
      const link = links.get(BOB.participant);
      return link?.status === 'connected' && link.quality === 'poor';
    });
    expect(links.size).toBe(1);
    const { log } = JSON.parse(await alice.session.diagnostics()) as { log: { message: string }[] };
    expect(log.some(({ message }) => message === 'Stats')).toBe(true);
  });

  it('makes a new peer for who left and came again, and keeps that of a seat that is away', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE);
    const bob = join(room, BOB);
    await Promise.all([connected(alice, bob), has(alice, BOB.participant)]);
    const peers = alice.transport.remotesHistory.length;
    bob.gate.cut();
    await until(alice.session.view, ({ room }) => room?.participants[BOB.participant]?.presence.status === 'away');
    expect(alice.transport.remotesHistory).toHaveLength(peers);
    bob.gate.mend();
    bob.page.emit('visible');
    await until(alice.session.view, ({ room }) => room?.participants[BOB.participant]?.presence.status === 'here');
    expect(alice.transport.remotesHistory).toHaveLength(peers);

    // Gone for longer than the grace period: everybody has closed the peer, and so does who comes back.
    bob.gate.cut();
    room.vacate(BOB.participant);
    await until(alice.session.view, ({ room }) => !(BOB.participant in (room?.participants ?? {})));
    expect(alice.transport.remotes).toEqual([]);
    bob.gate.mend();
    bob.page.emit('online');
    await Promise.all([connected(bob), has(alice, BOB.participant)]);
    expect(bob.transport.remotesHistory.slice(-2).map((remotes) => remotes.length)).toEqual([0, 1]);
    expect(bob.transports).toHaveLength(1);
  });
});

describe('someone who left and came again between two looks', () => {
  it('gets a new peer, though it is the same page', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([announced(alice), announced(bob), has(alice, BOB.participant)]);
    bob.gate.cut();
    await until(alice.session.view, ({ room }) => room?.participants[BOB.participant]?.presence.status === 'away');
    room.loseNextBroadcast();
    room.vacate(BOB.participant);
    bob.gate.mend();
    bob.page.emit('online');
    await until(alice.session.view, ({ room }) => room?.participants[BOB.participant]?.presence.status === 'here');
    const [same, gone, back] = alice.transport.remotesHistory.slice(-3);
    expect([same, gone, back]).toEqual([back, [], back]);
    expect(back).toHaveLength(1);
  });
});

describe('the page', () => {
  it('says goodbye when it goes, and joins as a new instance when it is restored', async () => {
    const room = createMemoryRoom();
    const [alice, bob] = [join(room, ALICE), join(room, BOB)];
    await Promise.all([connected(alice, bob), has(bob, ALICE.participant)]);
    const [first] = bob.transport.remotes;
    alice.page.emit('hide');
    expect(alice.transport.closed).toBe(true);
    await expect.poll(() => room.commands).toContain('leave');
    alice.page.emit('restore');
    await connected(alice);
    await until(bob.session.view, () => bob.transport.remotes.length === 1 && bob.transport.remotes[0] !== first);
    expect(bob.transport.remotes[0]?.instance).not.toBe(first?.instance);
    expect(alice.transports).toHaveLength(2);
    expect([...alice.transport.sent.keys()]).toEqual(['microphone', 'camera']);
  });

  it('comes back at once when the network does', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE);
    await connected(alice);
    room.fail();
    await until(alice.session.view, inPhase('resuming'));
    room.restore();
    const { phase } = alice.session.view.get();
    alice.page.emit('online');
    await connected(alice);
    expect(phase.name === 'resuming' && phase.since).toBeGreaterThan(0);
  });
});

describe('leaving', () => {
  it('tells the room, frees the transport, and refuses what comes after', async () => {
    const room = createMemoryRoom();
    const local = createFakeLocalMedia();
    const alice = join(room, ALICE, { local });
    await announced(alice);
    await Promise.all([alice.session.leave(), alice.session.leave()]);
    expect(room.state.participants).toEqual({});
    expect(alice.transport.closed).toBe(true);
    expect(alice.session.view.get()).toMatchObject({ phase: { name: 'left', why: { type: 'left' } }, room: null });
    expect(codeOf(await alice.session.chat('Hello?'))).toBe('not-joined');
    expect(local.state.get().captures.camera.status).toBe('on');
  });

  it('ends while signaling is away, too', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE);
    await connected(alice);
    room.fail();
    await until(alice.session.view, inPhase('resuming'));
    const waiting = alice.session.chat('never');
    await alice.session.leave();
    expect(codeOf(await waiting)).toBe('not-joined');
  });
});

describe('what is shown and what is told', () => {
  it('asks for the pictures on screen, and for all while it records', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE, {
      room: { openTake: () => Promise.resolve(accept({ take: 'take-00001', permit: 'take-00001' })) },
    });
    const bob = join(room, BOB);
    await Promise.all([connected(alice, bob), has(alice, BOB.participant)]);
    expect(alice.transport.wanted).toBeNull();
    alice.session.show(new Map());
    expect(alice.transport.wanted?.size).toBe(0);
    const key = mediaKey(BOB.participant, 'camera');
    alice.session.show(new Map([[key, 720]]));
    expect(alice.transport.wanted?.get(key)).toEqual({ height: 720 });
    await alice.session.startRecording('server');
    alice.session.show(new Map());
    expect(alice.transport.wanted?.get(key)).toEqual({ height: 360 });
    expect(alice.transport.wanted?.has(mediaKey(BOB.participant, 'screen'))).toBe(true);
    await alice.session.stopRecording();
    expect(alice.transport.wanted?.size).toBe(0);
  });

  it('gives diagnostics without secrets and without the chat', async () => {
    const room = createMemoryRoom();
    const secret = memoryTicket({ ...ALICE, name: 'eyJhbGciOiJub25l.eyJzdWIi.c2ln' });
    const alice = join(room, ALICE, { getTicket: () => Promise.resolve(secret) });
    await announced(alice);
    await alice.session.chat('between us');
    await until(alice.session.view, ({ room }) => room?.chat.length === 1);
    const text = await alice.session.diagnostics();
    expect(text).not.toContain('eyJhbGci');
    expect(text).not.toContain('between us');
    const told = JSON.parse(text) as { view: { phase: unknown; room: { chat: number } }; log: { message: string }[] };
    expect(told.view.phase).toEqual({ name: 'connected' });
    expect(told.view.room.chat).toBe(1);
    expect(told.log.map((entry) => entry.message)).toContain('Joined');
  });

  it('tells of refused sound, and of it no more when a click has let it play', async () => {
    const room = createMemoryRoom();
    let allowed = false;
    let played = 0;
    const alice = join(room, ALICE, {
      parts: {
        openAudio: () => ({
          srcObject: null,
          pause() {},
          play() {
            if (!allowed) return Promise.reject(Object.assign(new Error('no click'), { name: 'NotAllowedError' }));
            played++;
            return Promise.resolve();
          },
        }),
      },
    });
    const bob = join(room, BOB);
    await Promise.all([connected(alice, bob), has(alice, BOB.participant)]);
    alice.transport.arrivals.set(new Map([[mediaKey(BOB.participant, 'microphone'), fakeTrack('audio')]]));
    await until(alice.session.view, ({ playbackRefused }) => playbackRefused);
    allowed = true;
    alice.session.resumePlayback();
    await until(alice.session.view, ({ playbackRefused }) => !playbackRefused);
    expect(played).toBe(1);
  });
});

describe('sharing the screen', () => {
  const sharing = async (error?: Error) => {
    const alice = join(createMemoryRoom(), ALICE);
    await connected(alice);
    if (error) alice.local.shareScreen = () => Promise.reject(error);
    return alice.session.shareScreen();
  };

  it('says with which error it failed', async () => {
    const error = new RtcError('screen-share-unsupported');
    expect(await sharing(error)).toEqual({ ok: false, error });
    expect(await sharing(new Error('odd'))).toMatchObject({ ok: false, error: { code: 'screen-share-failed' } });
  });

  it('takes a cancelled picker for an answer', async () => {
    expect(await sharing(new RtcError('screen-share-cancelled'))).toEqual({ ok: true });
    expect(await sharing()).toEqual({ ok: true });
  });
});
