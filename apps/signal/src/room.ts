import type { CatchUp } from '@parley/protocol/commands';
import type { RelayDelivery } from '@parley/protocol/relay';
import type { Refusal } from '@parley/protocol/refusal';
import {
  apply,
  type InstanceId,
  type LeaveReason,
  type LoggedEvent,
  type ParticipantId,
  participantOf,
  type RoomEvent,
  type RoomState,
} from '@parley/protocol/room-state';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import { departure } from './decide';
import { Instances } from './instances';
import type { RoomLog } from './room-log';

/** How long a seat is kept for someone whose connection broke, ms. */
export const GRACE_MS = 60_000;
/** How long for someone whose page said that it goes away, ms: short for those who wait. A reload may take longer; see `#isAwaited`. */
export const UNLOAD_GRACE_MS = 1_500;
/** Events kept in memory for who missed a few. */
const RECENT_KEPT = 512;

/** A connection as the room sees it. */
export interface Occupant {
  readonly participant: ParticipantId;
  readonly instance: InstanceId;
  /** From now on it hears the events of `session`. */
  hear(session: string): void;
  /** It hears no more events. */
  unhear(session: string): void;
  /** It has lost its seat: its commands are refused from now on. */
  unseat(): void;
  deliver(relay: RelayDelivery): void;
  /** Tells it why, for good, and ends the connection. */
  close(refusal: Refusal): void;
  /** Ends the connection without a word: the same page is back on a newer one. */
  drop(): void;
}

export interface RoomOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: RoomLog;
  /** To everybody who hears `session`. */
  readonly broadcast: (session: string, events: readonly LoggedEvent[]) => void;
  /** A page of `participant` is connected, whether or not it has joined. */
  readonly isConnected: (meeting: string, participant: ParticipantId) => boolean;
  /** `room` has changed and the change is on disk. */
  readonly onWritten: (room: Room) => void;
}

interface CommitOptions {
  /** Called with the state these events made, when they are on disk and broadcast. */
  readonly done?: (state: RoomState) => void;
  /** How long the seats of who goes away by these events are kept, ms. */
  readonly keptMs?: number;
}

/**
 * One session of a room: its state, its log, who sits in it. Decides nothing (decide.ts does) and parses
 * nothing: it numbers events, writes them down, tells them, and keeps seats for who is away.
 */
export class Room {
  readonly occupants = new Map<ParticipantId, Occupant>();
  /** When the newest ticket seen of each participant was issued, s: an older one changes no role. */
  readonly ticketIssuedAt = new Map<ParticipantId, number>();
  /** Takes that were started in this session: a permit starts one once. */
  readonly spentTakes = new Set<string>();
  readonly logger: Logger;
  /** A host, or web, has ended the session, or is just doing so; else it ends with its last seat. */
  endedForAll = false;
  #state: RoomState;
  #written: RoomState;
  #recent: LoggedEvent[] = [];
  /** What made the room, until its first commit writes it with the rest. */
  #unwritten: readonly LoggedEvent[];
  #timers = new Map<ParticipantId, () => void>();

  constructor(
    state: RoomState,
    private readonly options: RoomOptions,
    unwritten: readonly LoggedEvent[] = [],
    readonly instances = new Instances(),
  ) {
    instances.adopt(state);
    this.#state = state;
    this.#written = state;
    if (state.take) this.spentTakes.add(state.take.id);
    this.#unwritten = unwritten;
    this.logger = options.logger.child({ room: state.meeting, session: state.session });
  }

  /** As decided; the last of it may still be on its way to the disk. */
  get state(): RoomState {
    return this.#state;
  }
  /** As written down and told. */
  get written(): RoomState {
    return this.#written;
  }
  get log(): RoomLog {
    return this.options.log;
  }

  /** Makes `events` happen: at once for the next decision, for everybody else when they are on disk. */
  commit(events: readonly RoomEvent[], { done, keptMs = GRACE_MS }: CommitOptions = {}): void {
    const at = this.options.clock.now();
    const logged: LoggedEvent[] = [];
    const leavers: { occupant: Occupant; why: LeaveReason | 'away' }[] = [];
    for (const event of events) {
      const next: LoggedEvent = { revision: this.#state.revision + 1, at, event };
      this.#state = apply(this.#state, next);
      logged.push(next);
      this.instances.follow(event);
      if (event.type === 'left' || event.type === 'went-away') {
        const occupant = this.occupants.get(event.participant);
        if (occupant) leavers.push({ occupant, why: event.type === 'left' ? event.why : 'away' });
      }
      this.#follow(event, keptMs);
    }
    const lines = this.#unwritten.length > 0 ? [...this.#unwritten, ...logged] : logged;
    this.#unwritten = [];
    const state = this.#state;
    this.log.append(lines, () => {
      this.#written = state;
      this.#recent.push(...lines);
      if (this.#recent.length > 2 * RECENT_KEPT) this.#recent = this.#recent.slice(-RECENT_KEPT);
      for (const { occupant, why } of leavers) if (why !== 'ended') occupant.unhear(state.session);
      if (logged.length > 0) this.options.broadcast(state.session, logged);
      // Before lines are closed: a host who ends the meeting shall still read that it worked.
      done?.(state);
      for (const { occupant, why } of leavers) {
        if (why === 'removed') occupant.close({ code: 'removed' });
        if (why === 'ended') occupant.close({ code: 'room-ended' });
      }
      if (lines.length > 0) this.options.onWritten(this);
    });
  }

  /** Gives `occupant` the seat, by events that were decided; the newest page of a participant takes it. */
  seat(occupant: Occupant, events: readonly RoomEvent[], done: (state: RoomState) => void): void {
    const before = this.occupants.get(occupant.participant);
    this.occupants.set(occupant.participant, occupant);
    if (before && before !== occupant) before.unseat();
    this.commit(events, {
      done: (state) => {
        if (before && before !== occupant) {
          before.unhear(state.session);
          if (before.instance === occupant.instance) before.drop();
          else before.close({ code: 'seat-taken' });
        }
        occupant.hear(state.session);
        done(state);
      },
    });
  }

  /** The connection of `occupant` broke: the seat is kept. */
  disconnected(occupant: Occupant): void {
    if (this.occupants.get(occupant.participant) !== occupant) return;
    this.commit([{ type: 'went-away', participant: occupant.participant }]);
  }

  /** After a restart nobody is connected: every seat is away, and kept for the whole grace period from now on. */
  awaitReturn(): void {
    for (const { id, presence } of Object.values(this.#state.participants)) {
      if (presence.status === 'here') this.commit([{ type: 'went-away', participant: id }]);
      else this.#keep(id, GRACE_MS);
    }
  }

  /** What someone who has applied everything up to `revision` of `epoch` needs. */
  catchUp(epoch: string, revision: number): CatchUp {
    const state = this.#written;
    const oldest = this.#recent[0]?.revision ?? state.revision + 1;
    if (epoch !== state.epoch || revision > state.revision || revision + 1 < oldest) return { kind: 'snapshot', state };
    return { kind: 'events', events: this.#recent.filter((event) => event.revision > revision) };
  }

  /** Stops all timers; the log keeps what is written. */
  stop(): void {
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
  }

  /** What an event means outside the state: seats, timers, log lines. */
  #follow(event: RoomEvent, keptMs: number): void {
    switch (event.type) {
      case 'joined':
        this.#callOff(event.participant.id);
        this.logger.info({ participant: event.participant.id }, 'joined');
        break;
      case 'returned':
        this.#callOff(event.participant);
        this.logger.info({ participant: event.participant, instance: event.instance }, 'returned');
        break;
      case 'went-away':
        this.#vacate(event.participant);
        this.#keep(event.participant, keptMs);
        this.logger.info({ participant: event.participant }, 'went away');
        break;
      case 'left':
        this.endedForAll ||= event.why === 'ended';
        this.#vacate(event.participant);
        this.#callOff(event.participant);
        this.logger.info({ participant: event.participant, why: event.why }, 'left');
        break;
      case 'take-started':
        this.spentTakes.add(event.take);
        this.logger.info({ participant: event.by, take: event.take }, 'take started');
        break;
      case 'take-stopped':
        this.logger.info({ take: event.take, why: event.why }, 'take stopped');
        break;
      case 'ended':
        this.stop();
        this.logger.info('session ended');
        break;
      case 'opened':
      case 'settings-changed':
      case 'published':
      case 'unpublished':
      case 'muted-set':
      case 'chat-sent':
      case 'hand-set':
      case 'reacted':
      case 'take-noticed':
        break;
    }
  }

  #vacate(participant: ParticipantId): void {
    this.occupants.get(participant)?.unseat();
    this.occupants.delete(participant);
  }

  #keep(participant: ParticipantId, ms: number): void {
    this.#callOff(participant);
    const unloaded = ms === UNLOAD_GRACE_MS;
    const callOff = this.options.clock.after(ms, () => {
      this.#timers.delete(participant);
      const presence = participantOf(this.#state, participant)?.presence;
      if (presence?.status !== 'away') return;
      if (unloaded && this.#isAwaited(participant, presence.since)) this.#keep(participant, ms);
      else this.commit(departure(this.#state, participant, unloaded ? 'left' : 'vanished', null));
    });
    this.#timers.set(participant, callOff);
  }

  /** Whose page unloaded may be reloading it: they stand at the door again, or nobody is here whom the empty seat would trouble. */
  #isAwaited(participant: ParticipantId, since: number): boolean {
    if (this.options.clock.now() - since >= GRACE_MS) return false;
    const someoneHere = Object.values(this.#state.participants).some(({ presence }) => presence.status === 'here');
    return !someoneHere || this.options.isConnected(this.#state.meeting, participant);
  }

  #callOff(participant: ParticipantId): void {
    this.#timers.get(participant)?.();
    this.#timers.delete(participant);
  }
}
