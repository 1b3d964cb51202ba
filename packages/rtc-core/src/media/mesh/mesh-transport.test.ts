import type { RelayBody } from '@parley/protocol/relay';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger';
import { browserPlatform, type Platform } from '../../platform';
import { mediaKey } from '../../room-view';
import { fakeStream, fakeTrack } from '../../testing/fake-media';
import { createFakeNetwork } from '../../testing/fake-peer-connection';
import { createRelayHub, type RelayHub } from '../../testing/relay-hub';
import type { MediaTransport, Remote } from '../media-transport';
import { openMesh } from './mesh-transport';

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'].map((name): Remote => ({
  participant: `${name}-participant`,
  instance: `${name}-instance`,
})) as [Remote, Remote, Remote];

const network = createFakeNetwork();
const platform: Platform = {
  ...browserPlatform,
  createPeerConnection: () => network.createPeerConnection(),
  createMediaStream: fakeStream,
  onOnline: () => () => {},
};

const open: MediaTransport[] = [];
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
});

/** Transports of `people`, each of whom knows the others. */
async function mesh(hub: RelayHub, ...people: Remote[]): Promise<MediaTransport[]> {
  const transports = people.map(({ participant }, i) =>
    openMesh({ you: participant, iceServers: [], relay: hub.port(people[i]!), platform, logger: silentLogger }),
  );
  open.push(...transports);
  for (const transport of transports) transport.setRemotes(people);
  for (const transport of transports)
    await vi.waitFor(() => {
      const links = [...transport.links.get().values()];
      expect(links.map(({ status }) => status)).toEqual(people.slice(1).map(() => 'connected'));
    });
  return transports;
}

test('what we want gets lost while its addressee is away, and is said again on their return, to them alone', async () => {
  const wants: [to: string, body: RelayBody][] = [];
  let away = false;
  const hub = createRelayHub({
    passes(from, to, body) {
      if (from !== ALICE || body.kind !== 'want') return true;
      if (away && to.participant === BOB.participant) return false;
      wants.push([to.participant, body]);
      return true;
    },
  });
  const [alice] = await mesh(hub, ALICE, BOB, CAROL);
  const demand = new Map([[mediaKey(BOB.participant, 'camera'), { height: 360 }]]);
  away = true;
  alice!.want(demand);
  await vi.waitFor(() => expect(wants.map(([to]) => to)).toContain(CAROL.participant));
  away = false;
  wants.length = 0;
  // The same demand is no news to us; nobody would send it.
  alice!.want(demand);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(wants).toEqual([]);
  alice!.resend(BOB.participant);
  expect(wants).toEqual([[BOB.participant, { kind: 'want', sources: { camera: { height: 360 } } }]]);
});

test('who goes while a track is being replaced does not hold it up for the others', async () => {
  const [alice] = await mesh(createRelayHub(), ALICE, BOB, CAROL);
  const sent = alice!.send('camera', fakeTrack('video'));
  await new Promise((resolve) => setTimeout(resolve));
  alice!.setRemotes([BOB]);
  await sent;
});

test('the link to who says goodbye is interrupted at once: signal may be away and tell nobody', async () => {
  const [alice, bob] = await mesh(createRelayHub(), ALICE, BOB, CAROL);
  // A channel that opens a moment later than the link has nothing to carry the word.
  await vi.waitFor(() => expect(bob!.data.send(ALICE.participant, 'sure', 'h')).toBe(true));
  bob!.close();
  await vi.waitFor(() => expect(alice!.links.get().get(BOB.participant)?.status).toBe('interrupted'));
  expect(alice!.links.get().get(CAROL.participant)?.status).toBe('connected');
});
