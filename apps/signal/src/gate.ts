import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { handshakeAuth } from '@parley/protocol/commands';
import type { Refusal, RefusalCode } from '@parley/protocol/refusal';
import type { TicketClaims } from '@parley/protocol/ticket';
import { PROTOCOL_VERSION } from '@parley/protocol/version';
import type { Logger } from 'pino';
import { clientAddress } from './client-address';
import type { Clock } from './clock';
import type { SignalSocket } from './connection';
import type { TicketKeys } from './tickets';
import { TokenBucket } from './token-bucket';

/** Handshakes of one address. A whole office behind one address comes back at once after a restart. */
const HANDSHAKES = { rate: 20, burst: 200 };
/**
 * Lines that it opens, whether or not anybody signs in upon them: each is held for ten seconds. More than handshakes, so that who
 * is too fast reads so; who is refused here learns no more than that the line cannot be opened.
 */
const OPENINGS = { rate: 40, burst: 400 };
/** Openings by long polling leave so many to WebSocket: a browser whose WebSocket is refused tries polling at once, and would stay on it. */
const SPARED_BY_POLLING = 40;
/** Addresses remembered before those that have been quiet are dropped. */
const ADDRESSES_KEPT = 10_000;

export interface GateOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keys: TicketKeys;
  /** How many proxies of ours stand in front. */
  readonly proxies: number;
  /** Pages of these origins may connect. */
  readonly origins: readonly string[];
  readonly isClosing: () => boolean;
}

const NOTHING = Object.freeze({});

/** What is counted of one address. */
interface Counted {
  readonly openings: TokenBucket;
  readonly handshakes: TokenBucket;
}

/** What socket.io hands to the browser as `connect_error.data`. */
class RefusedError extends Error {
  readonly data: Refusal;
  constructor(code: RefusalCode) {
    super(code);
    this.data = { code };
  }
}

/**
 * The handshake: who may open a connection at all. A page's origin, the version of the contract and a
 * ticket decide; cookies are never looked at.
 */
export class Gate {
  #origins: ReadonlySet<string>;
  #addresses = new Map<string, Counted>();

  constructor(private readonly options: GateOptions) {
    this.#origins = new Set(options.origins.map((url) => new URL(url).origin));
  }

  /** engine.io's `allowRequest`: asked once for each line, before anything is kept of it. */
  readonly mayOpen = (request: IncomingMessage, answer: (why: string | null, may: boolean) => void): void => {
    const now = this.options.clock.now();
    const counted = this.#countedOf(request.socket.remoteAddress ?? '', request.headers, now);
    const spared = request.url?.includes('transport=polling') ? SPARED_BY_POLLING : 0;
    const may = counted?.openings.takeIfAny(now, spared) ?? true;
    answer(may ? null : ('too-fast' satisfies RefusalCode), may);
  };

  /** socket.io middleware; leaves the ticket's claims in `socket.data.claims`. */
  readonly middleware = (socket: SignalSocket, next: (error?: Error) => void): void => {
    this.#check(socket).then(
      (claims) => {
        // The ticket has done its work; nothing that is logged or dumped later shall hold it.
        socket.handshake.auth = NOTHING;
        if (typeof claims === 'string') {
          this.options.logger.info({ code: claims }, 'handshake refused');
          return next(new RefusedError(claims));
        }
        socket.data.claims = claims;
        next();
      },
      (error: unknown) => {
        this.options.logger.error({ err: error }, 'handshake failed');
        next(new RefusedError('internal'));
      },
    );
  };

  async #check(socket: SignalSocket): Promise<TicketClaims | RefusalCode> {
    if (this.options.isClosing()) return 'shutting-down';
    const now = this.options.clock.now();
    const { address, headers } = socket.handshake;
    if (this.#countedOf(address, headers, now)?.handshakes.takeIfAny(now) === false) return 'too-fast';
    // Pages always send an origin; programs need none, for they hold no one else's cookies.
    if (headers.origin !== undefined && !this.#origins.has(headers.origin)) return 'origin-not-allowed';
    const auth = socket.handshake.auth as Record<string, unknown>;
    if (auth.protocol !== PROTOCOL_VERSION) return 'version-mismatch';
    if (auth.ticket === undefined || auth.ticket === '') return 'ticket-missing';
    const parsed = handshakeAuth.safeParse(auth);
    if (!parsed.success) return 'ticket-invalid';
    const verified = await this.options.keys.verifyTicket(parsed.data.ticket, now);
    return verified.ok ? verified.value : verified.refusal.code;
  }

  /** None for processes of this machine: behind a proxy that names nobody, all the world would share one bucket. */
  #countedOf(remote: string, headers: IncomingHttpHeaders, now: number): Counted | null {
    const address = clientAddress(remote, headers, this.options.proxies);
    if (address === null) return null;
    const known = this.#addresses.get(address);
    if (known) return known;
    if (this.#addresses.size >= ADDRESSES_KEPT)
      for (const [quiet, { openings, handshakes }] of this.#addresses)
        if (openings.isFull(now) && handshakes.isFull(now)) this.#addresses.delete(quiet);
    const counted = { openings: new TokenBucket(OPENINGS, now), handshakes: new TokenBucket(HANDSHAKES, now) };
    this.#addresses.set(address, counted);
    return counted;
  }
}
