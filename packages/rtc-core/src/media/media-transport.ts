import type { IceServer } from '@parley/protocol/commands';
import type { RelayBody } from '@parley/protocol/relay';
import type { InstanceId, ParticipantId, Source } from '@parley/protocol/room-state';
import type { LinkState, MediaKey } from '../room-view';
import type { Readable } from '../store';

/** A remote participant as a transport must know them: same id and another instance is another peer. */
export interface Remote {
  readonly participant: ParticipantId;
  readonly instance: InstanceId;
}

/** How large a source is shown: CSS pixels high. 0 keeps the slot and asks for nothing. */
export interface Demand {
  readonly height: number;
}

/** One link's numbers, from getStats() (W3C webrtc-stats), added up over slots. */
export interface LinkStats {
  readonly participant: ParticipantId;
  readonly roundTripMs: number | null;
  readonly packetsLost: number;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly framesDecoded: number;
  readonly localCandidateType: string | null;
  readonly remoteCandidateType: string | null;
}

/** The two data channels of each peer, negotiated from the first offer: `fast` (unordered, no retransmits) and `sure` (ordered). */
interface DataLinks {
  send(to: ParticipantId, channel: 'fast' | 'sure', text: string): boolean;
  onMessage(listener: (from: ParticipantId, channel: 'fast' | 'sure', text: string) => void): () => void;
}

/** How a transport talks to the far ends: relays through signal, addressed to one instance. */
export interface RelayPort {
  send(to: Remote, body: RelayBody): void;
  onRelay(listener: (from: Remote, body: RelayBody) => void): () => void;
}

/** Carries media between this browser and the others. Nothing above this line knows mesh from SFU. */
export interface MediaTransport {
  /** Who is in the room besides us, `away` seats included. Declarative: a missing one is closed, a new instance replaces the peer. */
  setRemotes(remotes: readonly Remote[]): void;
  /** Send `track` as `source`; again replaces it without renegotiating; null goes silent and keeps the slot. */
  send(source: Source, track: MediaStreamTrack | null): Promise<void>;
  /**
   * Whom to receive and how large they are shown. Declarative: call with the whole truth, as often as you like. Before the first call everything is wanted.
   * It concerns pictures: sound is always sent, because who is off the page must still be heard.
   */
  want(demand: ReadonlyMap<MediaKey, Demand>): void;
  /**
   * After every (re)join: each peer that is not `stable` sends its description and candidates again, and what we want. With
   * `to`: after another one's return, to them alone, as relays to a seat that is away are lost.
   */
  resend(to?: ParticipantId): void;
  /** Each join reply brings new TURN credentials. Used from the next gathering on; links that a relay refused try again at once. */
  setIceServers(iceServers: readonly IceServer[]): void;
  readonly arrivals: Readable<ReadonlyMap<MediaKey, MediaStreamTrack>>;
  readonly links: Readable<ReadonlyMap<ParticipantId, LinkState>>;
  /** The far end said `bye` on `sure`, or its heartbeat is gone (ms since the last one heard). */
  onSilence(listener: (participant: ParticipantId, what: 'bye' | { silentMs: number }) => void): () => void;
  readonly data: DataLinks;
  stats(): Promise<readonly LinkStats[]>;
  /** Says `bye` where it can, closes every peer. Idempotent. */
  close(): void;
}
