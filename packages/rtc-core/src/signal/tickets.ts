import type { Refusal } from '@parley/protocol/refusal';
import { TICKET_LIFETIME_S } from '@parley/protocol/ticket';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { Secret } from '../secret';

/** A ticket with less than this left is not shown to signal any more, ms. */
const TOO_OLD_MS = 5_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 30_000;

/** Keeps a ticket at hand: asks web for the first, and for the next at half of each one's life. */
export interface Tickets {
  /** A ticket that is still good; asks web when there is none. Rejects with what web's `getTicket` threw. */
  get(): Promise<Secret>;
  /** The ticket at hand was refused: the next `get` asks web for another. */
  discard(): void;
  /** A request that is under way may hang: the next `get` does not wait for it. */
  askAnew(): void;
  /** Called with each ticket fetched ahead of its predecessor's end. */
  onRefreshed(listener: (ticket: Secret) => void): () => void;
  close(): void;
}

interface Held {
  readonly ticket: Secret;
  /** By this browser's clock, counted from when it came: the clocks of browser and server may differ. */
  readonly goodUntil: number;
}

export function createTickets(
  getTicket: (last: string | null) => Promise<string>,
  { platform, logger }: { platform: Platform; logger: Logger },
): Tickets {
  let held: Held | null = null;
  let last: Secret | null = null;
  let asking: Promise<Held> | null = null;
  let timer: unknown = null;
  let closed = false;
  const listeners = new Set<(ticket: Secret) => void>();

  const ask = (): Promise<Held> => {
    if (asking) return asking;
    const mine = fetchTicket().finally(() => {
      if (asking === mine) asking = null;
    });
    asking = mine;
    return mine;
  };

  const fetchTicket = async (): Promise<Held> => {
    const text = await getTicket(last?.reveal() ?? null);
    const life = lifetimeOf(text);
    const next = { ticket: new Secret(text), goodUntil: platform.now() + life };
    held = next;
    last = next.ticket;
    plan(life / 2, FIRST_RETRY_MS);
    return next;
  };

  const plan = (delay: number, retry: number): void => {
    if (timer !== null) platform.clearTimeout(timer);
    timer = closed ? null : platform.setTimeout(() => void refresh(retry), delay);
  };

  const refresh = async (retry: number): Promise<void> => {
    try {
      const { ticket } = await ask();
      if (closed) return;
      for (const listener of [...listeners]) listener(ticket);
    } catch (cause) {
      // Nobody needs to know: the seat is held by the connection, and web may be back before the ticket ends.
      logger.debug('Ticket not refreshed', { cause });
      plan(retry, Math.min(retry * 2, LAST_RETRY_MS));
    }
  };

  return {
    async get() {
      const good = held && held.goodUntil - platform.now() > TOO_OLD_MS ? held : await ask();
      return good.ticket;
    },
    discard() {
      held = null;
    },
    askAnew() {
      asking = null;
    },
    onRefreshed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closed = true;
      listeners.clear();
      if (timer !== null) platform.clearTimeout(timer);
    },
  };
}

/** Milliseconds a ticket (JWT, RFC 7519) is good for, unverified: only the server can verify it. */
function lifetimeOf(ticket: string): number {
  try {
    const payload = ticket.split('.')[1] ?? '';
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as unknown;
    if (typeof claims === 'object' && claims !== null && 'iat' in claims && 'exp' in claims) {
      const seconds = Number(claims.exp) - Number(claims.iat);
      if (seconds > 0) return seconds * 1_000;
    }
  } catch {
    // Not a JWT we can read: the contract's lifetime holds.
  }
  return TICKET_LIFETIME_S * 1_000;
}

/** The refusal an error from `getTicket` carries: web's final no. Anything else is worth another try. */
export function finalRefusal(error: unknown): Refusal | null {
  return error instanceof TicketRefused ? error.refusal : null;
}

/** Throw this from `RoomOptions.getTicket` when web says no for good (403, 404): the session ends with `refusal` instead of asking on. */
export class TicketRefused extends Error {
  override readonly name = 'TicketRefused';
  constructor(readonly refusal: Refusal) {
    super(`Ticket refused: ${refusal.code}`);
  }
}
