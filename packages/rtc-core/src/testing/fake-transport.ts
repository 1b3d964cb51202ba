import type { IceServer } from '@parley/protocol/commands';
import type { Source } from '@parley/protocol/room-state';
import type { Demand, MediaTransport, RelayPort, Remote } from '../media/media-transport';
import type { TransportOptions } from '../media/open-transport';
import type { LinkState, MediaKey } from '../room-view';
import { type Store, createStore } from '../store';

/** A transport that carries nothing and remembers what it was told. Its stores change with its remotes as those of the real one do. */
export interface FakeTransport extends MediaTransport {
  readonly options: TransportOptions;
  /** Who has a peer. */
  readonly remotes: readonly Remote[];
  /** Every call of setRemotes so far, as `participant/instance` lists. */
  readonly remotesHistory: readonly (readonly string[])[];
  readonly sent: ReadonlyMap<Source, MediaStreamTrack | null>;
  readonly wanted: ReadonlyMap<MediaKey, Demand> | null;
  /** Calls of resend so far: to everybody, and to whom alone. */
  readonly resends: number;
  readonly resentTo: readonly string[];
  /** Every call of setIceServers so far. */
  readonly iceServersHistory: readonly (readonly IceServer[])[];
  readonly closed: boolean;
  readonly relays: readonly { readonly from: Remote; readonly body: unknown }[];
  relay(...message: Parameters<RelayPort['send']>): void;
  readonly arrivals: Store<ReadonlyMap<MediaKey, MediaStreamTrack>>;
  readonly links: Store<ReadonlyMap<string, LinkState>>;
}

export function createFakeTransport(options: TransportOptions): FakeTransport {
  const sent = new Map<Source, MediaStreamTrack | null>();
  const relays: { from: Remote; body: unknown }[] = [];
  const remotesHistory: (readonly string[])[] = [];
  const peers = new Map<string, Remote>();
  const arrivals = createStore<ReadonlyMap<MediaKey, MediaStreamTrack>>(new Map());
  const links = createStore<ReadonlyMap<string, LinkState>>(new Map());
  let wanted: ReadonlyMap<MediaKey, Demand> | null = null;
  let resends = 0;
  const resentTo: string[] = [];
  const iceServersHistory: (readonly IceServer[])[] = [];
  let closed = false;
  options.relay.onRelay((from, body) => relays.push({ from, body }));
  return {
    options,
    arrivals,
    links,
    sent,
    relays,
    remotesHistory,
    get remotes() {
      return [...peers.values()];
    },
    resentTo,
    iceServersHistory,
    get wanted() {
      return wanted;
    },
    get resends() {
      return resends;
    },
    get closed() {
      return closed;
    },
    relay: (to, body) => options.relay.send(to, body),
    setRemotes(next) {
      remotesHistory.push(next.map((r) => `${r.participant}/${r.instance}`));
      const present = new Map(next.map((remote) => [remote.participant, remote]));
      for (const [participant, { instance }] of [...peers]) {
        if (present.get(participant)?.instance === instance) continue;
        peers.delete(participant);
        arrivals.set(new Map([...arrivals.get()].filter(([key]) => !key.startsWith(`${participant}/`))));
        links.set(new Map([...links.get()].filter(([id]) => id !== participant)));
      }
      for (const [participant, remote] of present) {
        if (peers.has(participant)) continue;
        links.set(new Map(links.get()).set(participant, { status: 'connecting' }));
        peers.set(participant, remote);
      }
    },
    send(source, track) {
      sent.set(source, track);
      return Promise.resolve();
    },
    want(demand) {
      wanted = demand;
    },
    resend(to) {
      if (to === undefined) resends++;
      else resentTo.push(to);
    },
    setIceServers(servers) {
      iceServersHistory.push(servers);
    },
    onSilence: () => () => {},
    data: { send: () => false, onMessage: () => () => {} },
    stats: () => Promise.resolve([]),
    close() {
      closed = true;
    },
  };
}
