import type { CommandName, CommandReply, CommandRequest } from '@parley/protocol/commands';
import type { Refusal, RefusalCode, Result } from '@parley/protocol/refusal';
import {
  type LoggedEvent,
  type ParticipantId,
  type RoomState,
  SOURCES,
  type Source,
} from '@parley/protocol/room-state';
import type { LocalMedia } from './local-media';
import { type QualityWatch, watchQuality } from './link-quality';
import type { Logger } from './logger';
import type { Demand, MediaTransport, RelayPort, Remote } from './media/media-transport';
import { arrivalsOf } from './playback';
import { createAnnouncer, giveWay, mutedByOther } from './publications';
import { type Reconciler, reconcile } from './reconcile';
import { type LeftWhy, type MediaKey, type RoomView, emptyView } from './room-view';
import type { SessionParts } from './session-parts';
import type { Line, Trouble } from './signal/line';
import { createSeat } from './signal/seat';
import type { Tickets } from './signal/tickets';
import type { Store } from './store';
import { share, shareMap } from './structural-sharing';

/** One seat with its media, from the click on "Join" until it is left or taken: one `instance` for the others. */
export interface Stay {
  send<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<Result<CommandReply<N>>>;
  /** The network or the page is back: reconnect now, or see whether the line still lives. */
  wake(): void;
  /** Which pictures to ask for. Never called: all of them. */
  want(demand: ReadonlyMap<MediaKey, Demand>): void;
  stats(): Promise<unknown>;
  /** Says goodbye to the room and to every peer and frees everything. Idempotent. */
  leave(why: 'left' | 'unload'): Promise<void>;
}

export function openStay(options: {
  parts: SessionParts;
  line: Line;
  tickets: Tickets;
  name: string | undefined;
  local: LocalMedia;
  iceTransportPolicy: RTCIceTransportPolicy | undefined;
  logger: Logger;
  view: Store<RoomView>;
  /** After each change of the view made here. */
  onChange(): void;
  onEvents(events: readonly LoggedEvent[]): void;
  /** Signaling resumed. */
  onBack(): void;
  /** The seat is gone, not by our own wish. Everything is freed already. */
  onLeft(why: LeftWhy): void;
}): Stay {
  const { parts, line, tickets, local, view } = options;
  const { platform } = parts;
  const instance = platform.randomId();
  const logger = options.logger.with({ instance });
  let transport: MediaTransport | null = null;
  let quality: QualityWatch | null = null;
  let relayListener: Parameters<RelayPort['onRelay']>[0] | null = null;
  let known: readonly KnownRemote[] = [];
  let demand: ReadonlyMap<MediaKey, Demand> | null = null;
  let seated = false;
  let over = false;

  const commit = (change: Partial<RoomView>): void => {
    if (over) return;
    view.update((now) => {
      const next = { ...now, ...change };
      const present = Object.keys(next.room?.participants ?? {});
      return {
        ...next,
        arrivals: shareMap(now.arrivals, arrivalsOf(transport?.arrivals.get() ?? emptyView.arrivals, present)),
        links: shareMap(now.links, linksOf(present)),
      };
    });
    followRemotes();
    announcer.reconcile();
    options.onChange();
  };
  const refresh = (): void => commit({});
  const linksOf = (present: readonly string[]): RoomView['links'] => {
    const links = only(transport?.links.get() ?? emptyView.links, present);
    return quality?.judge(links) ?? links;
  };

  const followRemotes = (): void => {
    const { room, you } = view.get();
    if (!transport || !room) return;
    const next = knownRemotes(room, you);
    if (sameRemotes(known, next)) return;
    // Who left and came again between two looks has closed every peer: ours to them is of no use, though the instance is the same.
    const stayed = next.filter((n) => known.every((k) => k.participant !== n.participant || k.joinedAt === n.joinedAt));
    known = next;
    if (stayed.length < next.length) transport.setRemotes(stayed);
    transport.setRemotes(next);
  };

  const openMedia = (you: ParticipantId, iceServers: RoomView['iceServers']): void => {
    transport = parts.openTransport({
      kind: 'mesh',
      you,
      iceServers,
      ...(options.iceTransportPolicy && { iceTransportPolicy: options.iceTransportPolicy }),
      relay: {
        send: (to, body) => seat.relay({ to: to.participant, toInstance: to.instance, body }),
        onRelay(listener) {
          relayListener = listener;
          return () => {
            relayListener = null;
          };
        },
      },
      platform,
      logger,
    });
    transport.arrivals.subscribe(refresh);
    transport.links.subscribe(refresh);
    transport.onSilence((participant, what) => logger.debug('Peer silent', { participant, what }));
    const media = transport;
    quality = watchQuality({
      stats: () => media.stats(),
      onChange: refresh,
      hidden: () => parts.page.hidden,
      platform,
      logger,
    });
    if (demand) transport.want(demand);
    sendTracks();
  };

  const senders = new Map<Source, Reconciler<MediaStreamTrack | null>>();
  const sendTracks = (): void => {
    const media = transport;
    if (!media || over) return;
    for (const source of SOURCES) {
      const capture = local.state.get().captures[source];
      let sender = senders.get(source);
      if (!sender) {
        if (capture.status !== 'on') continue;
        sender = reconcile<MediaStreamTrack | null>({
          apply: (track) => media.send(source, track),
          onFailure: (error) => logger.warn('Track not sent', { source, error }),
        });
        senders.set(source, sender);
      }
      // While a device is being switched the old track goes on being sent: null would blank the picture.
      if (capture.status !== 'starting') sender.want(capture.status === 'on' ? capture.track : null);
    }
  };

  const announcer = createAnnouncer({
    local,
    you: () => view.get().you,
    actual() {
      const { you, room, phase } = view.get();
      return phase.name === 'connected' && you ? (room?.participants[you]?.publications ?? null) : null;
    },
    command: (change) => seat.attempt(change.name, change.request),
    platform,
    logger,
  });

  const respectMutes = (sources: readonly Source[]): void => {
    for (const source of sources) {
      logger.info('Muted by a host', { source });
      giveWay(source, local);
    }
  };

  const replace = (state: RoomState, change: Partial<RoomView>): void => {
    const before = view.get().room;
    if (before) respectMutes(announcer.mutedMeanwhile(before, state));
    commit({ ...change, room: state });
  };

  const end = (): void => {
    if (over) return;
    over = true;
    stopLocal();
    announcer.close();
    for (const sender of senders.values()) sender.close();
    quality?.close();
    transport?.close();
    transport = null;
    tickets.close();
  };

  const lose = (why: LeftWhy): void => {
    logger.info('Seat gone', { why });
    end();
    options.onLeft(why);
  };

  const stopLocal = local.state.subscribe(sendTracks);
  const seat = createSeat({
    line,
    platform,
    logger,
    instance,
    name: options.name,
    handlers: {
      joined({ you, state, iceServers, now }) {
        const back = seated;
        seated = true;
        logger.info(back ? 'Back in the room' : 'Joined', {
          participant: you,
          session: state.session,
          revision: state.revision,
        });
        if (transport) transport.setIceServers(iceServers);
        else openMedia(you, iceServers);
        // Came back too late: the others have seen us leave and closed their ends.
        const seatWasLost = back && view.get().room?.participants[you]?.joinedAt !== state.participants[you]?.joinedAt;
        if (seatWasLost) {
          // In this order: a peer that closes changes the view, which still holds the room of before, and `known` must agree with that.
          transport?.setRemotes([]);
          known = [];
        }
        replace(state, {
          phase: { name: 'connected' },
          you,
          iceServers: share(view.get().iceServers, iceServers),
          clockOffset: now - platform.now(),
        });
        transport?.resend();
        if (back) options.onBack();
      },
      replaced(state) {
        replace(state, {});
        // Somebody may have been away in what was missed.
        transport?.resend();
      },
      applied(state, events) {
        const { you } = view.get();
        // Before the state is taken over: our own announcement must not answer a host's mute by unmuting.
        if (you) respectMutes(events.flatMap(({ event }) => mutedByOther(event, you) ?? []));
        commit({ room: state });
        // What we sent them while their line was dead has not arrived, and nobody else sends it again.
        for (const { event } of events)
          if (event.type === 'returned' && event.participant !== you) transport?.resend(event.participant);
        options.onEvents(events);
      },
      iceServers(servers) {
        const before = view.get().iceServers;
        const iceServers = share(before, servers);
        if (iceServers === before) return;
        transport?.setIceServers(iceServers);
        commit({ iceServers });
      },
      relay: ({ from, fromInstance, body }) => relayListener?.({ participant: from, instance: fromInstance }, body),
      away(error: Trouble) {
        const { phase } = view.get();
        const since = phase.name === 'resuming' ? phase.since : platform.now();
        commit({ phase: seated ? { name: 'resuming', since, error } : { name: 'joining', error } });
      },
      refused: (refusal) => lose(seated ? lost(refusal) : { type: 'refused', refusal }),
      closed: (refusal) => lose(lost(refusal)),
    },
  });

  return {
    send: (name, request) => seat.send(name, request),
    wake() {
      line.nudge();
      seat.probe();
    },
    want(next) {
      demand = next;
      transport?.want(next);
    },
    stats: () => transport?.stats() ?? Promise.resolve([]),
    async leave(why) {
      const farewell = seat.leave(why);
      end();
      await farewell;
    },
  };
}

/** Why a seat that was held is gone. */
const LOST: Partial<Record<RefusalCode, LeftWhy>> = {
  'seat-taken': { type: 'elsewhere' },
  removed: { type: 'removed' },
  'room-ended': { type: 'ended' },
};
const lost = (refusal: Refusal): LeftWhy => LOST[refusal.code] ?? { type: 'refused', refusal };

interface KnownRemote extends Remote {
  readonly joinedAt: number;
}

function knownRemotes(room: RoomState, you: ParticipantId | null): readonly KnownRemote[] {
  return Object.values(room.participants)
    .filter((p) => p.id !== you)
    .map((p) => ({ participant: p.id, instance: p.presence.instance, joinedAt: p.joinedAt }));
}

function sameRemotes(a: readonly KnownRemote[], b: readonly KnownRemote[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (x, i) => x.participant === b[i]?.participant && x.instance === b[i].instance && x.joinedAt === b[i].joinedAt,
    )
  );
}

function only<V>(map: ReadonlyMap<string, V>, keys: readonly string[]): ReadonlyMap<string, V> {
  const kept = new Map<string, V>();
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) kept.set(key, value);
  }
  return kept;
}
