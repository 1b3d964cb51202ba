import type { IceServer } from '@parley/protocol/commands';
import type { RelayBody } from '@parley/protocol/relay';
import type { ParticipantId, Source } from '@parley/protocol/room-state';
import type { Logger } from '../../logger';
import type { Platform } from '../../platform';
import { type LinkState, type MediaKey, mediaKey } from '../../room-view';
import { createStore } from '../../store';
import type { Demand, MediaTransport, RelayPort, Remote } from '../media-transport';
import { videoEncoding } from './bitrate';
import { createPeer, type Peer } from './peer';

type WantBody = Extract<RelayBody, { kind: 'want' }>;
type SilenceListener = (participant: ParticipantId, what: 'bye' | { silentMs: number }) => void;
type MessageListener = (from: ParticipantId, channel: 'fast' | 'sure', text: string) => void;

const VIDEO_SOURCES = ['camera', 'screen'] as const;
/** Relays that come before `setRemotes` names their sender are kept this long: the room's event is on its way. */
const EARLY_MS = 10_000;
const EARLY_KEPT = 64;
/** Tiles change size many times while a window is dragged; the far ends hear of it this much later, once. */
const WANT_DELAY_MS = 100;
const MAX_HEIGHT = 4_320;

export interface MeshOptions {
  readonly you: ParticipantId;
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  readonly relay: RelayPort;
  readonly platform: Platform;
  readonly logger: Logger;
}

interface Link {
  readonly remote: Remote;
  peer: Peer;
  /** What the far end wants of us; null until it says so: everything. */
  wanted: WantBody['sources'] | null;
  /** What we asked of it last, as it went over the wire. */
  asked: string | null;
}

interface EarlyRelay {
  readonly from: Remote;
  readonly body: RelayBody;
  readonly at: number;
}

/** A media transport that opens a peer connection to every other participant. */
export function openMesh({ you, relay, platform, logger, ...options }: MeshOptions): MediaTransport {
  const links = new Map<ParticipantId, Link>();
  const tracks = new Map<Source, MediaStreamTrack | null>();
  const arrivals = createStore<ReadonlyMap<MediaKey, MediaStreamTrack>>(new Map());
  const states = createStore<ReadonlyMap<ParticipantId, LinkState>>(new Map());
  const silenceListeners = new Set<SilenceListener>();
  const messageListeners = new Set<MessageListener>();
  let configuration = configurationOf(options.iceServers);
  let early: EarlyRelay[] = [];
  let demand: ReadonlyMap<MediaKey, Demand> | null = null;
  let wantTimer: unknown = null;
  let closed = false;

  function configurationOf(iceServers: readonly IceServer[]): RTCConfiguration {
    return {
      iceServers: iceServers.map((server) => ({ ...server }) as RTCIceServer),
      ...(options.iceTransportPolicy && { iceTransportPolicy: options.iceTransportPolicy }),
    };
  }

  /** A copy of `map` without what belongs to `participant`. */
  function without(map: ReadonlyMap<MediaKey, MediaStreamTrack>, participant: ParticipantId) {
    return new Map([...map].filter(([key]) => !key.startsWith(`${participant}/`)));
  }

  function setLinkState(participant: ParticipantId, state: LinkState | null): void {
    const next = new Map(states.get());
    if (state) next.set(participant, state);
    else next.delete(participant);
    states.set(next);
  }

  function openPeer(remote: Remote): Peer {
    const { participant } = remote;
    let mine: Peer | null = null;
    const current = (): boolean => !closed && mine !== null && links.get(participant)?.peer === mine;
    const peer = createPeer({
      polite: you < participant,
      configuration,
      platform,
      logger: logger.with({ peer: participant, peerInstance: remote.instance }),
      send: (body) => relay.send(remote, body),
      onLink(state) {
        if (!current()) return;
        setLinkState(participant, state);
        if (state.status === 'connected') ask(participant, true);
      },
      onArrivals(tracksOfPeer) {
        if (!current()) return;
        const next = without(arrivals.get(), participant);
        for (const [source, track] of tracksOfPeer) next.set(mediaKey(participant, source), track);
        arrivals.set(next);
      },
      onText(channel, text) {
        if (current()) for (const listener of [...messageListeners]) listener(participant, channel, text);
      },
      onSilence(what) {
        if (!current()) return;
        // While signal is away nobody else says that they went, and a still picture looks as if they were there.
        if (what === 'bye') setLinkState(participant, { status: 'interrupted', since: platform.now() });
        for (const listener of [...silenceListeners]) listener(participant, what);
      },
      onStranger(body) {
        const link = links.get(participant);
        if (!current() || !link) return;
        logger.info('the far end began anew', { peer: participant });
        closePeer(link);
        link.peer = openPeer(remote);
        tune(link);
        link.peer.receive(body);
      },
    });
    mine = peer;
    for (const [source, track] of tracks) void peer.setTrack(source, track);
    setLinkState(participant, { status: 'connecting' });
    return peer;
  }

  function closePeer(link: Link, bye = false): void {
    link.peer.close({ bye });
    arrivals.set(without(arrivals.get(), link.remote.participant));
    setLinkState(link.remote.participant, null);
  }

  /** Sets what each video slot of `link` sends: by what is captured, what the far end shows, and how many there are. */
  function tune(link: Link): void {
    for (const source of VIDEO_SOURCES) {
      const { height: capturedHeight = 0 } = tracks.get(source)?.getSettings() ?? {};
      const wantedHeight = link.wanted ? (link.wanted[source]?.height ?? 0) : null;
      link.peer.setEncoding(source, videoEncoding({ source, capturedHeight, wantedHeight, receivers: links.size }));
    }
  }

  const tuneAll = (): void => links.forEach(tune);

  /** Tells `participant` what we want of them, if that is news to them or `again`. */
  function ask(participant: ParticipantId, again: boolean): void {
    const link = links.get(participant);
    if (!link || !demand) return;
    const sources: WantBody['sources'] = {};
    for (const source of VIDEO_SOURCES) {
      const height = demand.get(mediaKey(participant, source))?.height;
      if (height) sources[source] = { height: Math.min(MAX_HEIGHT, Math.ceil(height)) };
    }
    const asked = JSON.stringify(sources);
    if (asked === link.asked && !again) return;
    link.asked = asked;
    relay.send(link.remote, { kind: 'want', sources });
  }

  function deliver(link: Link, body: RelayBody): void {
    if (body.kind === 'want') {
      link.wanted = body.sources;
      tune(link);
    } else link.peer.receive(body);
  }

  const stopRelays = relay.onRelay((from, body) => {
    if (closed) return;
    const link = links.get(from.participant);
    if (link?.remote.instance === from.instance) {
      deliver(link, body);
      return;
    }
    // From an instance that is gone, or one that the room has not told us of yet. The latter is claimed by setRemotes.
    const oldest = platform.now() - EARLY_MS;
    early = [...early.filter(({ at }) => at >= oldest), { from, body, at: platform.now() }].slice(-EARLY_KEPT);
  });

  const stopOnline = platform.onOnline(() => {
    for (const { peer } of links.values()) peer.restart('online');
  });

  return {
    arrivals,
    links: states,

    setRemotes(remotes) {
      if (closed) return;
      const present = new Map(remotes.filter((r) => r.participant !== you).map((r) => [r.participant, r]));
      for (const [participant, link] of [...links]) {
        if (present.get(participant)?.instance === link.remote.instance) continue;
        links.delete(participant);
        closePeer(link);
      }
      for (const [participant, remote] of present) {
        if (links.has(participant)) continue;
        const link: Link = { remote, peer: openPeer(remote), wanted: null, asked: null };
        links.set(participant, link);
        const claimed = early.filter(
          ({ from }) => from.participant === participant && from.instance === remote.instance,
        );
        early = early.filter((relayed) => !claimed.includes(relayed));
        ask(participant, true);
        for (const { body } of claimed) deliver(link, body);
      }
      tuneAll();
    },

    async send(source, track) {
      if (closed) return;
      tracks.set(source, track);
      tuneAll();
      await Promise.all([...links.values()].map(({ peer }) => peer.setTrack(source, track)));
    },

    want(next) {
      demand = next;
      if (closed || wantTimer !== null) return;
      wantTimer = platform.setTimeout(() => {
        wantTimer = null;
        if (!closed) for (const participant of links.keys()) ask(participant, false);
      }, WANT_DELAY_MS);
    },

    resend(to) {
      if (closed) return;
      for (const [participant, { peer }] of links) {
        if (to !== undefined && participant !== to) continue;
        peer.resend();
        ask(participant, true);
      }
    },

    setIceServers(iceServers) {
      configuration = configurationOf(iceServers);
      for (const { peer } of links.values()) peer.configure(configuration);
    },

    onSilence(listener) {
      silenceListeners.add(listener);
      return () => void silenceListeners.delete(listener);
    },

    data: {
      send: (to, channel, text) => links.get(to)?.peer.sendText(channel, text) ?? false,
      onMessage(listener) {
        messageListeners.add(listener);
        return () => void messageListeners.delete(listener);
      },
    },

    stats: () =>
      Promise.all([...links].map(async ([participant, { peer }]) => ({ participant, ...(await peer.stats()) }))),

    close() {
      if (closed) return;
      closed = true;
      stopRelays();
      stopOnline();
      platform.clearTimeout(wantTimer);
      for (const link of links.values()) closePeer(link, true);
      links.clear();
    },
  };
}
