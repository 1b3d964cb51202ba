import {
  COMMANDS,
  type CommandName,
  type CommandReply,
  type CommandRequest,
  type IceServer,
} from '@parley/protocol/commands';
import { type Refusal, type Result, refuse } from '@parley/protocol/refusal';
import type { RelayDelivery, RelayRequest } from '@parley/protocol/relay';
import type { InstanceId, LoggedEvent, RoomState } from '@parley/protocol/room-state';
import { RtcError } from '../errors';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { share } from '../structural-sharing';
import type { Answer, Connection } from './channel';
import { follow } from './follow';
import type { Line, Trouble } from './line';

export interface SeatHandlers {
  /** Joined, for the first time or again: the whole state, sharing what is equal with the last, and what else the reply brings. */
  joined(reply: CommandReply<'join'>): void;
  /** Missed too much: the state as it is now, events left out. */
  replaced(state: RoomState): void;
  applied(state: RoomState, events: readonly LoggedEvent[]): void;
  relay(delivery: RelayDelivery): void;
  iceServers(servers: readonly IceServer[]): void;
  away(trouble: Trouble): void;
  refused(refusal: Refusal): void;
  closed(refusal: Refusal): void;
}

/** A place in the room: joins on every new connection, follows the events, brings commands through. */
export interface Seat {
  /** Waits while signaling is away (30 s at most), is sent again once when its answer got lost. Never rejects. */
  send<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<Result<CommandReply<N>>>;
  /** Only now and only once: `lost` when not joined or unanswered. For what is reconciled again after a rejoin. */
  attempt<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<Answer<N>>;
  relay(request: RelayRequest): void;
  /** The line may be dead without knowing (the network changed): asks, and reconnects when nothing is heard. */
  probe(): void;
  /** Tells the room, for at most a second, and closes the line. Idempotent. */
  leave(why: 'left' | 'unload'): Promise<void>;
}

const ANSWER_MS = 10_000;
const PROBE_MS = 3_000;
const FAREWELL_MS = 1_000;
/** How long a command waits for signaling to come back, ms. */
const PATIENCE_MS = 30_000;
/** Compares with no epoch: asks for the whole state. */
const NO_EPOCH = '--------';
/** What makes no sense a second time. */
const ONCE: ReadonlySet<CommandName> = new Set<CommandName>(['react', 'leave']);
const GONE = refuse('not-joined', 'The session is over.');
const AWAY = refuse('not-joined', 'Signaling did not come back in time.');

interface Waiting {
  readonly transmit: (connection: Connection) => Promise<Answer<CommandName>>;
  readonly settle: (result: Result<never>) => void;
  readonly once: boolean;
  sent: number;
  flying: boolean;
  late: boolean;
}

export function createSeat(options: {
  line: Line;
  platform: Platform;
  logger: Logger;
  instance: InstanceId;
  name: string | undefined;
  handlers: SeatHandlers;
}): Seat {
  const { line, platform, logger, instance, name, handlers } = options;
  let connection: Connection | null = null;
  let state: RoomState | null = null;
  let joined = false;
  let catchingUp = false;
  let over = false;
  let missed: LoggedEvent[] = [];
  let earlyRelays: RelayDelivery[] = [];
  let waiting: Waiting[] = [];

  const join = async (mine: Connection): Promise<void> => {
    const request = { instance, ...(name !== undefined && { name }), ...(state && { session: state.session }) };
    const answer = await mine.command('join', request, ANSWER_MS);
    if (mine !== connection || over) return;
    if (answer === 'lost') return line.again(new RtcError('signal-unreachable', { detail: 'join unanswered' }));
    if (!answer.ok) return line.again(answer.refusal);
    joined = true;
    state = share(state, answer.value.state);
    line.settled();
    handlers.joined({ ...answer.value, state });
    const relays = earlyRelays;
    earlyRelays = [];
    drain();
    for (const delivery of relays) handlers.relay(delivery);
    for (const entry of [...waiting]) void transmit(entry);
  };

  const receive = (events: readonly LoggedEvent[]): void => {
    if (!joined || catchingUp || !state) {
      missed.push(...events);
      return;
    }
    const followed = follow(state, events);
    state = followed.state;
    if (followed.applied.length > 0) handlers.applied(state, followed.applied);
    if (followed.gap && connection) {
      missed.push(...events);
      void catchUp(connection, false);
    }
  };

  const drain = (): void => {
    const events = missed;
    missed = [];
    if (events.length > 0) receive(events);
  };

  const catchUp = async (mine: Connection, wholly: boolean): Promise<void> => {
    if (!state) return;
    catchingUp = true;
    logger.info('Catching up', { revision: state.revision, wholly });
    const from = { epoch: wholly ? NO_EPOCH : state.epoch, revision: state.revision };
    const answer = await mine.command('catch-up', from, ANSWER_MS);
    if (mine !== connection || over) return;
    catchingUp = false;
    if (answer === 'lost') return line.again(new RtcError('signal-unreachable', { detail: 'catch-up unanswered' }));
    if (!answer.ok) return line.again(answer.refusal);
    if (answer.value.kind === 'snapshot') {
      state = share(state, answer.value.state);
      handlers.replaced(state);
    } else {
      const followed = follow(state, answer.value.events);
      state = followed.state;
      if (followed.applied.length > 0) handlers.applied(state, followed.applied);
      if (followed.gap && !wholly) return catchUp(mine, true);
    }
    drain();
  };

  const lose = (): void => {
    connection = null;
    joined = false;
    catchingUp = false;
    missed = [];
    earlyRelays = [];
  };

  const end = (): void => {
    over = true;
    lose();
    for (const entry of waiting) entry.settle(GONE);
    waiting = [];
  };

  const transmit = async (entry: Waiting): Promise<void> => {
    if (!joined || !connection || entry.flying) return;
    const mine = connection;
    entry.flying = true;
    entry.sent++;
    const answer = await entry.transmit(mine);
    entry.flying = false;
    if (over) return;
    if (answer !== 'lost' && (answer.ok || !LOSING.has(answer.refusal.code)))
      return settle(entry, answer as Result<never>);
    const trouble =
      answer === 'lost' || answer.ok
        ? new RtcError('signal-unreachable', { detail: 'command unanswered' })
        : answer.refusal;
    if (entry.once || entry.sent > 1 || entry.late) settle(entry, AWAY);
    if (mine === connection) line.again(trouble);
    else if (waiting.includes(entry)) void transmit(entry);
  };

  const settle = (entry: Waiting, result: Result<never>): void => {
    waiting = waiting.filter((other) => other !== entry);
    entry.settle(result);
  };

  line.attach({
    opened(next) {
      if (over) return;
      lose();
      connection = next;
      void join(next);
    },
    events: receive,
    relay(delivery) {
      if (joined) handlers.relay(delivery);
      else earlyRelays.push(delivery);
    },
    iceServers: (servers) => handlers.iceServers(servers),
    away(trouble) {
      lose();
      handlers.away(trouble);
    },
    refused(refusal) {
      end();
      handlers.refused(refusal);
    },
    closed(refusal) {
      end();
      handlers.closed(refusal);
    },
  });

  return {
    send(command, request) {
      const parsed = COMMANDS[command].request.safeParse(request);
      if (!parsed.success) {
        const tooLarge = parsed.error.issues.some(({ code }) => code === 'too_big');
        return Promise.resolve(refuse(tooLarge ? 'too-large' : 'malformed', parsed.error.message));
      }
      if (over) return Promise.resolve(GONE);
      return new Promise((resolve) => {
        const timer = platform.setTimeout(() => {
          entry.late = true;
          if (!entry.flying) settle(entry, AWAY);
        }, PATIENCE_MS);
        const entry: Waiting = {
          transmit: (to) => to.command(command, request, ANSWER_MS),
          settle(result) {
            platform.clearTimeout(timer);
            resolve(result);
          },
          once: ONCE.has(command),
          sent: 0,
          flying: false,
          late: false,
        };
        waiting.push(entry);
        void transmit(entry);
      });
    },
    attempt: (command, request) =>
      joined && connection ? connection.command(command, request, ANSWER_MS) : Promise.resolve('lost'),
    relay(request) {
      if (joined) connection?.relay(request);
    },
    probe() {
      const mine = connection;
      if (!joined || !mine || !state) return;
      void mine.command('catch-up', { epoch: state.epoch, revision: state.revision }, PROBE_MS).then((answer) => {
        if (answer === 'lost' && mine === connection && !over)
          line.again(new RtcError('signal-unreachable', { detail: 'probe unanswered' }));
      });
    },
    async leave(why) {
      // Also when the join is not answered yet: it may be on its way, and `leave` comes after it.
      const mine = connection;
      end();
      const farewell = mine?.command('leave', { why }, FAREWELL_MS);
      // A page that unloads has no time to wait; what is sent is sent before the line closes.
      if (why === 'left') await farewell;
      line.close();
    },
  };
}

/** Answers that mean: this connection holds no seat any more, ask again on the next. */
const LOSING: ReadonlySet<string> = new Set(['shutting-down', 'not-joined']);
