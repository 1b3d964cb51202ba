import type { OpenTakeReply } from '@parley/protocol/recording';
import type { Result } from '@parley/protocol/refusal';
import type { TakeDestination } from '@parley/protocol/room-state';
import type { LocalMedia } from './local-media';
import { type FlightRecorder, type Logger, createFlightRecorder, silentLogger } from './logger';
import type { Platform } from './platform';
import { type SessionParts, browserParts } from './session-parts';
import { type Line, type Trouble, createLine } from './signal/line';
import { type Tickets, createTickets } from './signal/tickets';
import type { Readable } from './store';

export interface RoomOptions {
  /** Public address of signal. */
  signalUrl: string;
  /**
   * Asks web for a ticket; `last` is the previous one, which lets a seated participant refresh. Throws when web gives none: asked
   * again after a pause, for ever, unless it threw a `TicketRefused`, web's final no.
   */
  getTicket(last: string | null): Promise<string>;
  local: LocalMedia;
  /** Asks web to open a take (rights are checked there). Refuses with `take-refused`; throws when web does not answer. */
  openTake(destination: TakeDestination): Promise<Result<OpenTakeReply>>;
  /** Offers the finished file of a "this device only" take for download. */
  saveFile(file: Blob, name: string): void;
  platform?: Platform;
  logger?: Logger;
  /** For tests behind a relay only: RTCConfiguration.iceTransportPolicy. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/** A room made ready at the door: ticket fetched, socket open, nothing joined. */
export interface ReadyRoom {
  /**
   * Why joining would not be immediate: signal's or web's refusal, which is final, or an RtcError while web or signal cannot be
   * asked, which is tried on. Null when it would be, or while nothing is known.
   */
  readonly trouble: Readable<Trouble | null>;
  close(): void;
}

/** What stands behind a ready room. */
export interface Door {
  readonly options: RoomOptions;
  readonly parts: SessionParts;
  readonly flight: FlightRecorder;
  /** A ticket and a line to signal: those made ready for the first who asks, new ones for each later stay. */
  enter(): Entry;
}
export interface Entry {
  readonly tickets: Tickets;
  readonly line: Line;
}

const doors = new WeakMap<ReadyRoom, Door>();

/** What `readyRoom` prepared. @throws TypeError when `ready` is something else. */
export function doorOf(ready: ReadyRoom): Door {
  const door = doors.get(ready);
  if (!door) throw new TypeError('joinRoom() takes what readyRoom() gave.');
  return door;
}

/**
 * Fetches the ticket and opens the connection to signal, and joins nothing: the click on "Join now" then has only the
 * `join` to send. `parts` is for tests.
 */
export function readyRoom(options: RoomOptions, parts: SessionParts = partsFor(options)): ReadyRoom {
  const { platform } = parts;
  const flight = createFlightRecorder(options.logger ?? silentLogger, () => platform.now());
  // A later stay is the same person's: the last ticket lets them in though the invite may be renewed by now.
  let known: string | null = null;
  const getTicket = async (last: string | null): Promise<string> => (known = await options.getTicket(last ?? known));
  const prepare = (): Entry => {
    const tickets = createTickets(getTicket, { platform, logger: flight });
    const line = createLine({ url: options.signalUrl, connect: parts.connect, tickets, platform, logger: flight });
    return { tickets, line };
  };
  let prepared: Entry | null = prepare();
  const { trouble } = prepared.line;
  const take = (): Entry | null => {
    const taken = prepared;
    prepared = null;
    return taken;
  };
  const room: ReadyRoom = {
    trouble,
    close() {
      const unused = take();
      unused?.line.close();
      unused?.tickets.close();
    },
  };
  doors.set(room, { options, parts, flight, enter: () => take() ?? prepare() });
  return room;
}

function partsFor({ platform }: RoomOptions): SessionParts {
  return platform ? { ...browserParts, platform } : browserParts;
}
