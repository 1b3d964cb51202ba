import type { Source } from '@parley/protocol/room-state';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger';
import { browserPlatform } from '../../platform';
import { type MediaKey, mediaKey } from '../../room-view';
import { type ColourTrack, colourTrack, probeColour } from '../../testing/colour-track';
import { createRelayHub, type RelayHub } from '../../testing/relay-hub';
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

function open(hub: RelayHub, who: Remote): MediaTransport {
  const transport = openTransport({
    kind: 'mesh',
    you: who.participant,
    iceServers: [],
    relay: hub.port(who),
    platform: browserPlatform,
    logger: silentLogger,
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

test('two people see each other', async () => {
  const hub = createRelayHub();
  const [alice, bob] = [remote('alice'), remote('bob')];
  const a = open(hub, alice);
  const b = open(hub, bob);
  await a.send('camera', paint('red').track);
  await b.send('camera', paint('blue').track);
  a.setRemotes([bob]);
  b.setRemotes([alice]);
  await Promise.all([expectColour(b, alice, 'camera', 'red'), expectColour(a, bob, 'camera', 'blue')]);
  await vi.waitFor(() => expect(a.links.get().get(bob.participant)).toEqual({ status: 'connected' }));
});
