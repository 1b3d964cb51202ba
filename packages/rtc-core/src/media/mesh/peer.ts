import { SOURCES, type Source } from '@parley/protocol/room-state';
import type { Logger } from '../../logger';
import type { Platform } from '../../platform';
import type { LinkState } from '../../room-view';
import type { LinkStats } from '../media-transport';
import type { VideoEncoding } from './bitrate';
import { type ChannelName, type DataChannels, openDataChannels } from './data-channels';
import { createLinkMeter } from './link-meter';
import { watchLink } from './link-watch';
import { negotiate, type NegotiationBody } from './negotiation';
import { createSlotSender, type SlotSender } from './slot-sender';
import { adoptSlots, layOutSlots, type Slots } from './slots';

/** How long `bye` may take to leave the send buffer before the connection is closed under it. */
const BYE_MS = 150;

export interface PeerOptions {
  /** Who yields on glare: the smaller participant id. The impolite side lays out the slots and makes the first offer. */
  readonly polite: boolean;
  readonly configuration: RTCConfiguration;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly send: (body: NegotiationBody) => void;
  readonly onLink: (state: LinkState) => void;
  /** The slots are negotiated: the track each receives, for life. */
  readonly onArrivals: (tracks: ReadonlyMap<Source, MediaStreamTrack>) => void;
  readonly onText: (channel: ChannelName, text: string) => void;
  readonly onSilence: (what: 'bye' | { silentMs: number }) => void;
  /** The far end has begun anew with another connection: replace this peer and hand `body` to the new one. */
  readonly onStranger: (body: NegotiationBody) => void;
}

/** The far end of one RTCPeerConnection. */
export interface Peer {
  receive(body: NegotiationBody): void;
  /** What to send in a slot. May be called before the slots exist. */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void>;
  setEncoding(source: 'camera' | 'screen', encoding: VideoEncoding): void;
  resend(): void;
  restart(why: string): void;
  /** New ICE servers; used from the next gathering on. */
  configure(configuration: RTCConfiguration): void;
  sendText(channel: ChannelName, text: string): boolean;
  stats(): Promise<Omit<LinkStats, 'participant'>>;
  /** Idempotent. With `bye` the far end is told first. */
  close(options?: { bye?: boolean }): void;
}

export function createPeer(options: PeerOptions): Peer {
  const { polite, platform, logger } = options;
  const pc = options.platform.createPeerConnection({ ...options.configuration, bundlePolicy: 'max-bundle' });
  const watch = watchLink({ pc, platform, logger, onLink: options.onLink });
  const meter = createLinkMeter();
  const tracks = new Map<Source, MediaStreamTrack | null>();
  const encodings = new Map<Source, VideoEncoding>();
  let slots: Slots | null = null;
  let senders: ReadonlyMap<Source, SlotSender> = new Map();
  let channels: DataChannels | null = null;
  let negotiated = false;
  let closed = false;

  /** Slots and data channels come into being together: before the first offer, or before its answer. */
  function open(made: Slots): void {
    slots = made;
    senders = new Map(SOURCES.map((source) => [source, createSlotSender(source, made[source].sender, logger)]));
    for (const [source, track] of tracks) void senders.get(source)?.setTrack(track);
    channels = openDataChannels({
      pc,
      platform,
      onText: options.onText,
      onBye: () => options.onSilence('bye'),
      // It may have begun anew: an offer finds out, as its answer comes from another connection.
      onEnd: () => watch.restart('data channels ended'),
      onSilence: (silentMs) => options.onSilence({ silentMs }),
    });
  }

  const negotiation = negotiate({
    pc,
    polite,
    platform,
    logger,
    send: options.send,
    beforeAnswer() {
      if (!slots) open(adoptSlots(pc, platform));
    },
    onNegotiated() {
      if (!slots || negotiated) return;
      negotiated = true;
      const made = slots;
      for (const [source, encoding] of encodings) senders.get(source)?.setEncoding(encoding);
      options.onArrivals(new Map(SOURCES.map((source) => [source, made[source].receiver.track])));
    },
    onFailure(error) {
      logger.error('negotiation failed', { error: String(error) });
      watch.negotiationFailed(error);
    },
    onStranger: options.onStranger,
  });
  if (!polite) open(layOutSlots(pc, platform));
  logger.info('peer opened', { polite });

  return {
    receive: (body) => negotiation.receive(body),
    async setTrack(source, track) {
      tracks.set(source, track);
      await senders.get(source)?.setTrack(track);
    },
    setEncoding(source, encoding) {
      encodings.set(source, encoding);
      // Before the exchange a sender's encodings are not its own yet; Firefox has none.
      if (negotiated) senders.get(source)?.setEncoding(encoding);
    },
    resend: () => negotiation.resend(),
    restart: (why) => watch.restart(why),
    configure(configuration) {
      if (closed) return;
      try {
        pc.setConfiguration({ ...configuration, bundlePolicy: 'max-bundle' });
      } catch (error) {
        logger.warn('ICE servers not replaced', { error: String(error) });
        return;
      }
      // Gathering with the old credentials came to nothing: once more with the new.
      if (watch.turnRejected) watch.restart('new ICE servers');
    },
    sendText: (channel, text) => channels?.send(channel, text) ?? false,
    stats: async () => meter.read(await pc.getStats()),
    close({ bye = false } = {}) {
      if (closed) return;
      closed = true;
      const told = bye && channels?.bye() === true;
      negotiation.close();
      watch.close();
      channels?.close();
      for (const sender of senders.values()) sender.close();
      if (told) platform.setTimeout(() => pc.close(), BYE_MS);
      else pc.close();
      logger.info('peer closed', { bye: told });
    },
  };
}
