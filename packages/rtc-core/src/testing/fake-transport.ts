import type { Source } from '@parley/protocol/room-state';
import type { Demand, MediaTransport, RelayPort, Remote } from '../media/media-transport';
import type { TransportOptions } from '../media/open-transport';
import type { LinkState, MediaKey } from '../room-view';
import { type Store, createStore } from '../store';

/** A transport that carries nothing and remembers what it was told. */
export interface FakeTransport extends MediaTransport {
  readonly options: TransportOptions;
  readonly remotes: readonly Remote[];
  /** Every call of setRemotes so far, as `participant/instance` lists. */
  readonly remotesHistory: readonly (readonly string[])[];
  readonly sent: ReadonlyMap<Source, MediaStreamTrack | null>;
  readonly wanted: ReadonlyMap<MediaKey, Demand> | null;
  /** Calls of resend so far: to everybody, and to whom alone. */
  readonly resends: number;
  readonly resentTo: readonly string[];
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
  let remotes: readonly Remote[] = [];
  let wanted: ReadonlyMap<MediaKey, Demand> | null = null;
  let resends = 0;
  const resentTo: string[] = [];
  let closed = false;
  options.relay.onRelay((from, body) => relays.push({ from, body }));
  return {
    options,
    arrivals: createStore<ReadonlyMap<MediaKey, MediaStreamTrack>>(new Map()),
    links: createStore<ReadonlyMap<string, LinkState>>(new Map()),
    sent,
    relays,
    remotesHistory,
    get remotes() {
      return remotes;
    },
    resentTo,
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
      remotes = next;
      remotesHistory.push(next.map((r) => `${r.participant}/${r.instance}`));
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
    setIceServers() {},
    onSilence: () => () => {},
    data: { send: () => false, onMessage: () => () => {} },
    stats: () => Promise.resolve([]),
    close() {
      closed = true;
    },
  };
}
