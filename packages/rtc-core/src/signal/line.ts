import type { IceServer } from '@parley/protocol/commands';
import type { Refusal } from '@parley/protocol/refusal';
import type { RelayDelivery } from '@parley/protocol/relay';
import type { LoggedEvent } from '@parley/protocol/room-state';
import { RtcError } from '../errors';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { type Readable, createStore } from '../store';
import type { Connect, Connection } from './channel';
import { type Tickets, finalRefusal } from './tickets';

export type Trouble = RtcError | Refusal;

export interface LineHandlers {
  /** A connection is open; nobody has joined on it. */
  opened(connection: Connection): void;
  events(events: readonly LoggedEvent[]): void;
  relay(delivery: RelayDelivery): void;
  /** How media may be relayed from now on: came with a newer ticket. */
  iceServers(servers: readonly IceServer[]): void;
  /** The connection is gone or could not be made. The next attempt is already planned. */
  away(trouble: Trouble): void;
  /** signal or web said no for good. No further attempt is made. */
  refused(refusal: Refusal): void;
  /** signal closed the connection for good. No further attempt is made. */
  closed(refusal: Refusal): void;
}

/** Keeps a connection to signal, for ever: whatever ends one, the next attempt follows, unless signal said not to. */
export interface Line {
  /** Why it is not open: what the last attempt met, or signal's final no. Null while it is, or while nothing is known. */
  readonly trouble: Readable<Trouble | null>;
  /** Who is told from now on; what holds already (open, refused) is told at once. */
  attach(handlers: LineHandlers): void;
  /** The network or the page is back: try now instead of at the end of the pause, or of an attempt that hangs. */
  nudge(): void;
  /** Ends the current connection and makes another; at once the first time, then with growing pauses. */
  again(trouble: Trouble): void;
  /** The connection serves its purpose: pauses are short again. */
  settled(): void;
  close(): void;
}

const ANSWER_MS = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** An attempt that takes longer began on a network that is gone, most likely. */
const HANGING_MS = 2_000;

/** The pause before attempt `n` (0 is the first retry), ms. Half of it is chance, so that a restarted server is not met by everybody at once. */
export function pauseBefore(n: number, random: () => number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** n, LONGEST_PAUSE_MS);
  return full / 2 + (full / 2) * random();
}

/** What a new ticket may cure. */
const ABOUT_TICKET: ReadonlySet<string> = new Set(['ticket-expired', 'ticket-invalid', 'ticket-missing']);
/** What time may cure. */
const PASSING: ReadonlySet<string> = new Set(['shutting-down', 'too-fast', 'internal', 'not-joined']);

export function createLine(options: {
  url: string;
  connect: Connect;
  tickets: Tickets;
  platform: Platform;
  logger: Logger;
  random?: () => number;
}): Line {
  const { url, tickets, platform, logger, random = Math.random } = options;
  let handlers: LineHandlers | null = null;
  let connection: Connection | null = null;
  let open = false;
  let failures = 0;
  let freshTicketTried = false;
  let pause: unknown = null;
  let attempt = 0;
  let dialledAt = 0;
  let closed = false;
  let ending: ((handlers: LineHandlers) => void) | null = null;

  const trouble = createStore<Trouble | null>(null);

  const stop = (): void => {
    attempt++;
    connection?.close();
    connection = null;
    open = false;
    if (pause !== null) platform.clearTimeout(pause);
    pause = null;
  };

  const dial = async (): Promise<void> => {
    const mine = ++attempt;
    dialledAt = platform.now();
    const current = (): boolean => mine === attempt && !closed;
    let ticket;
    try {
      ticket = await tickets.get();
    } catch (cause) {
      if (!current()) return;
      const refusal = finalRefusal(cause);
      return refusal ? refused(refusal, true) : again(new RtcError('ticket-unavailable', { cause }));
    }
    if (!current()) return;
    connection = options.connect(url, ticket, {
      opened() {
        if (!current() || !connection) return;
        open = true;
        trouble.set(null);
        logger.debug('Signal open', { attempt: mine });
        handlers?.opened(connection);
      },
      events: (events) => current() && handlers?.events(events),
      relay: (delivery) => current() && handlers?.relay(delivery),
      refused: (refusal) => current() && refused(refusal),
      closed(refusal) {
        if (!current()) return;
        if (refusal.code === 'shutting-down') again(refusal);
        else finish(refusal, (h) => h.closed(refusal));
      },
      lost: (cause) => current() && again(new RtcError('signal-unreachable', { cause })),
    });
  };

  const refused = (refusal: Refusal, final = false): void => {
    if (!final && (ABOUT_TICKET.has(refusal.code) || PASSING.has(refusal.code))) return again(refusal);
    finish(refusal, (h) => h.refused(refusal));
  };

  const finish = (refusal: Refusal, tell: (handlers: LineHandlers) => void): void => {
    stop();
    closed = true;
    trouble.set(refusal);
    ending = tell;
    if (handlers) tell(handlers);
  };

  const again = (met: Trouble): void => {
    if (closed) return;
    const wasOpen = open;
    stop();
    let delay = pauseBefore(failures++, random);
    if (ABOUT_TICKET.has(met.code)) {
      tickets.discard();
      if (!freshTicketTried) delay = 0;
      freshTicketTried = true;
    }
    logger[wasOpen ? 'info' : 'debug']('Signal away', { trouble: met, retryInMs: Math.round(delay) });
    pause = platform.setTimeout(redial, delay);
    // A new ticket is asked for at once: that is no trouble yet.
    if (delay > 0) trouble.set(met);
    handlers?.away(met);
  };

  const redial = (): void => {
    pause = null;
    void dial();
  };

  // At the door as in the room: a page may wait at its door for longer than a ticket lives.
  const stopTickets = tickets.onRefreshed((ticket) => {
    if (!open || !connection) return;
    void connection.command('refresh-ticket', { ticket: ticket.reveal() }, ANSWER_MS).then((answer) => {
      if (answer === 'lost') return;
      if (!answer.ok) logger.warn('Newer ticket refused', { refusal: answer.refusal });
      else if (answer.value.iceServers && !closed) handlers?.iceServers(answer.value.iceServers);
    });
  });

  void dial();
  return {
    trouble,
    attach(next) {
      handlers = next;
      if (ending) ending(next);
      else if (open && connection) next.opened(connection);
    },
    nudge() {
      if (closed || open) return;
      if (pause === null) {
        if (platform.now() - dialledAt < HANGING_MS) return;
        tickets.askAnew();
      }
      stop();
      redial();
    },
    again(met) {
      if (met instanceof RtcError) again(met);
      else refused(met);
    },
    settled() {
      failures = 0;
      freshTicketTried = false;
    },
    close() {
      closed = true;
      stopTickets();
      stop();
    },
  };
}
