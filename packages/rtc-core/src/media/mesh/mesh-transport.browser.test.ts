import type { Source } from '@parley/protocol/room-state';
import { afterEach, expect, test, vi } from 'vitest';
import { type Logger, silentLogger } from '../../logger';
import { browserPlatform } from '../../platform';
import { type MediaKey, mediaKey } from '../../room-view';
import { type ColourTrack, colourTrack, probeColour } from '../../testing/colour-track';
import { createRelayHub, type RelayHub } from '../../testing/relay-hub';
import { seeded } from '../../testing/seeded';
import type { MediaTransport, Remote } from '../media-transport';
import { openTransport } from '../open-transport';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).reverse()) clean();
});

const remote = (name: string, instance = 1): Remote => ({
  participant: `${name}-participant`,
  instance: `${name}-instance-${instance}`,
});

const connections: RTCPeerConnection[] = [];
const errors: string[] = [];
const logger: Logger = { ...silentLogger, error: (message) => errors.push(message), with: () => logger };
afterEach(() => {
  connections.length = 0;
  errors.length = 0;
});

function open(hub: RelayHub, who: Remote): MediaTransport {
  const transport = openTransport({
    kind: 'mesh',
    you: who.participant,
    iceServers: [],
    relay: hub.port(who),
    platform: {
      ...browserPlatform,
      createPeerConnection(configuration) {
        const connection = browserPlatform.createPeerConnection(configuration);
        connections.push(connection);
        return connection;
      },
    },
    logger,
  });
  cleanups.push(() => transport.close());
  return transport;
}

function paint(colour: string, width?: number, height?: number): ColourTrack {
  const painted = colourTrack(colour, width, height);
  cleanups.push(() => painted.stop());
  return painted;
}

const COLOURS: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [255, 0, 0],
  lime: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  magenta: [255, 0, 255],
  cyan: [0, 255, 255],
};

const nearest = (seen: readonly [number, number, number] | null): string | null =>
  seen &&
  (Object.entries(COLOURS).find(([, c]) => c.every((value, i) => Math.abs(value - (seen[i] ?? 0)) < 60))?.[0] ?? null);

/** Waits until `transport` shows `colour` in the slot. */
async function expectColour(transport: MediaTransport, from: Remote, source: Source, colour: string): Promise<void> {
  const key: MediaKey = mediaKey(from.participant, source);
  await vi.waitFor(() => expect(transport.arrivals.get().has(key)).toBe(true), { timeout: 10_000 });
  const track = transport.arrivals.get().get(key);
  if (!track) throw new Error(`no track for ${key}`);
  const probe = probeColour(track);
  try {
    await vi.waitFor(() => expect(nearest(probe.read())).toBe(colour), { timeout: 15_000, interval: 50 });
  } finally {
    probe.close();
  }
}

const linked = (transport: MediaTransport, ...others: Remote[]): Promise<void> =>
  vi.waitFor(
    () =>
      expect(others.map(({ participant }) => transport.links.get().get(participant)?.status)).toEqual(
        others.map(() => 'connected'),
      ),
    { timeout: 15_000 },
  );

/** A mesh of `people`, each painting camera and screen in colours of their own. */
async function mesh(hub: RelayHub, people: readonly (readonly [who: Remote, camera: string, screen: string])[]) {
  const transports = new Map(people.map(([who]) => [who, open(hub, who)]));
  for (const [who, transport] of transports)
    transport.setRemotes(people.map(([other]) => other).filter((other) => other !== who));
  for (const [who, camera, screen] of people) {
    await transports.get(who)?.send('camera', paint(camera).track);
    await transports.get(who)?.send('screen', paint(screen).track);
  }
  return transports;
}

/** Height of the pictures `from` sends to `to` now; null before the first. */
async function receivedHeight(to: MediaTransport, from: Remote): Promise<number | null> {
  const track = to.arrivals.get().get(mediaKey(from.participant, 'camera'));
  if (!track) return null;
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  const height = video.videoHeight;
  video.srcObject = null;
  return height;
}

test('three people: every colour in its slot, camera and screen, tracks set late', async () => {
  const people = [
    [remote('alice'), 'red', 'yellow'],
    [remote('bob'), 'lime', 'magenta'],
    [remote('carol'), 'blue', 'cyan'],
  ] as const;
  const transports = await mesh(createRelayHub(), people);
  for (const [who, transport] of transports) {
    for (const [other, camera, screen] of people) {
      if (other === who) continue;
      await expectColour(transport, other, 'camera', camera);
      await expectColour(transport, other, 'screen', screen);
    }
    expect(transport.arrivals.get().size).toBe(8);
  }
});

test('a replaced track arrives in the same slot without another description', async () => {
  let descriptions = 0;
  const hub = createRelayHub({
    passes(_from, _to, { kind }) {
      if (kind === 'description') descriptions += 1;
      return true;
    },
  });
  const [alice, bob] = [remote('alice'), remote('bob')];
  const transports = await mesh(hub, [
    [alice, 'red', 'yellow'],
    [bob, 'lime', 'magenta'],
  ]);
  const [a, b] = [transports.get(alice), transports.get(bob)];
  if (!a || !b) throw new Error('no transports');
  await expectColour(b, alice, 'camera', 'red');
  await Promise.all([linked(a, bob), linked(b, alice)]);
  const before = b.arrivals.get().get(mediaKey(alice.participant, 'camera'));
  const until = descriptions;
  await a.send('camera', null);
  await a.send('camera', paint('blue').track);
  await expectColour(b, alice, 'camera', 'blue');
  expect(b.arrivals.get().get(mediaKey(alice.participant, 'camera'))).toBe(before);
  expect(descriptions).toBe(until);
});

test('a reloaded page is a new instance: the old peer goes, a new one comes, old relays are ignored', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const transports = await mesh(hub, [
    [alice, 'red', 'yellow'],
    [bob, 'lime', 'magenta'],
  ]);
  const a = transports.get(alice);
  if (!a) throw new Error('no transport');
  await expectColour(a, bob, 'camera', 'lime');
  const again = remote('bob', 2);
  // The old page says nothing more: it is gone. The new one is faster than the room's news of it.
  const b = open(hub, again);
  b.setRemotes([alice]);
  await b.send('camera', paint('blue').track);
  await vi.waitFor(() => expect(hub.count).toBeGreaterThan(0));
  a.setRemotes([again]);
  expect(a.arrivals.get().size).toBe(0);
  await expectColour(a, again, 'camera', 'blue');
  await expectColour(b, alice, 'camera', 'red');
  hub.port(bob).send(alice, { kind: 'description', description: { type: 'offer', sdp: 'v=0' } });
  await new Promise((resolve) => setTimeout(resolve, 50));
  // Had anybody looked at it, it would have been found wanting.
  expect(errors).toEqual([]);
  expect(a.links.get().get(bob.participant)).toEqual({ status: 'connected' });
});

test.each(['alice', 'bob'])('when only %s begins anew with the same instance, the others follow', async (name) => {
  const hub = createRelayHub();
  const people = { alice: remote('alice'), bob: remote('bob') };
  const returning = name === 'alice' ? people.alice : people.bob;
  const staying = name === 'alice' ? people.bob : people.alice;
  const transports = await mesh(hub, [
    [people.alice, 'red', 'yellow'],
    [people.bob, 'lime', 'magenta'],
  ]);
  const [back, other] = [transports.get(returning), transports.get(staying)];
  if (!back || !other) throw new Error('no transports');
  await Promise.all([linked(back, staying), linked(other, returning)]);
  const gone = other.arrivals.get().get(mediaKey(returning.participant, 'camera'));
  back.setRemotes([]);
  back.setRemotes([staying]);
  await vi.waitFor(
    () => {
      const now = other.arrivals.get().get(mediaKey(returning.participant, 'camera'));
      expect(now).toBeDefined();
      expect(now).not.toBe(gone);
    },
    { timeout: 30_000 },
  );
  await expectColour(other, returning, 'camera', name === 'alice' ? 'red' : 'lime');
  await expectColour(back, staying, 'camera', name === 'alice' ? 'lime' : 'red');
});

test.each([11, 12, 13])('a mesh comes up though three of ten relays are lost (seed %i)', async (seed) => {
  const random = seeded(seed);
  let lost = 0;
  const hub = createRelayHub({ passes: () => random() >= 0.3 || (lost++, false) });
  const people = [remote('alice'), remote('bob'), remote('carol')];
  const transports = people.map((who) => open(hub, who));
  transports.forEach((transport, i) => transport.setRemotes(people.filter((_, j) => j !== i)));
  await vi.waitFor(
    () => {
      for (const transport of transports) transport.resend();
      for (const transport of transports)
        expect([...transport.links.get().values()].map(({ status }) => status)).toEqual(['connected', 'connected']);
    },
    { timeout: 30_000, interval: 300 },
  );
  expect(lost).toBeGreaterThan(0);
});

test('pictures come as large as they are shown, and not at all when nobody looks', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const a = open(hub, alice);
  const b = open(hub, bob);
  a.setRemotes([bob]);
  b.setRemotes([alice]);
  await a.send('camera', paint('red', 640, 360).track);
  await expectColour(b, alice, 'camera', 'red');
  const key = mediaKey(alice.participant, 'camera');
  b.want(new Map([[key, { height: 120 }]]));
  await vi.waitFor(async () => expect(await receivedHeight(b, alice)).toBe(120), { timeout: 20_000, interval: 100 });
  b.want(new Map([[key, { height: 0 }]]));
  const decoded = async (): Promise<number> => (await b.stats())[0]?.framesDecoded ?? 0;
  await vi.waitFor(
    async () => {
      const before = await decoded();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await decoded()).toBe(before);
    },
    { timeout: 20_000 },
  );
  const before = await decoded();
  b.want(new Map([[key, { height: 360 }]]));
  await vi.waitFor(async () => expect(await decoded()).toBeGreaterThan(before + 5), { timeout: 20_000 });
});

test('text goes over the data channels, and bye is heard when the far end closes', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const a = open(hub, alice);
  const b = open(hub, bob);
  a.setRemotes([bob]);
  b.setRemotes([alice]);
  const heard: unknown[] = [];
  b.data.onMessage((...message) => heard.push(message));
  b.onSilence((...silence) => heard.push(silence));
  expect(a.data.send('nobody-here', 'sure', 'x')).toBe(false);
  await vi.waitFor(() => expect(a.data.send(bob.participant, 'sure', 'pointer')).toBe(true), { timeout: 10_000 });
  await vi.waitFor(() => expect(heard).toEqual([[alice.participant, 'sure', 'pointer']]));
  a.close();
  a.close();
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(heard[1]).toEqual([alice.participant, 'bye']);
  expect([a.links.get().size, a.arrivals.get().size]).toEqual([0, 0]);
});

test('numbers of each link', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const transports = await mesh(hub, [
    [alice, 'red', 'yellow'],
    [bob, 'lime', 'magenta'],
  ]);
  const a = transports.get(alice);
  if (!a) throw new Error('no transport');
  await vi.waitFor(
    async () => {
      const [stats] = await a.stats();
      expect(stats).toMatchObject({ participant: bob.participant, localCandidateType: 'host' });
      expect(stats?.remoteCandidateType).not.toBeNull();
      expect(stats?.framesDecoded).toBeGreaterThan(0);
      expect(stats?.bytesSent).toBeGreaterThan(0);
      expect(stats?.packetsReceived).toBeGreaterThan(0);
      expect(stats?.roundTripMs).not.toBeNull();
    },
    { timeout: 15_000 },
  );
});

test('new ICE servers are taken while connected', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const transports = await mesh(hub, [
    [alice, 'red', 'yellow'],
    [bob, 'lime', 'magenta'],
  ]);
  const a = transports.get(alice);
  if (!a) throw new Error('no transport');
  await linked(a, bob);
  const server = { urls: ['turn:127.0.0.1:4299'], username: '1:alice', credential: 'secret' };
  a.setIceServers([server]);
  // Those of alice, who opened the first; and whoever comes later is called with the new ones as well.
  expect(connections.map((connection) => connection.getConfiguration().iceServers)).toMatchObject([[server], []]);
  a.setRemotes([bob, remote('carol')]);
  expect(connections.at(-1)?.getConfiguration().iceServers).toMatchObject([server]);
  await expectColour(a, bob, 'camera', 'lime');
  expect(a.links.get().get(bob.participant)).toEqual({ status: 'connected' });
});
