import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { accept, refuse, type Result } from '@parley/protocol/refusal';
import {
  TAKE_PERMIT_AUDIENCE,
  TICKET_AUDIENCE,
  TICKET_ISSUER,
  type TakePermitClaims,
  takePermitClaims,
  type TicketClaims,
  ticketClaims,
} from '@parley/protocol/ticket';
import { errors, jwtVerify } from 'jose';

/** Seconds by which the clocks of web and signal may differ. */
export const CLOCK_TOLERANCE_S = 5;

/** `kid` of a key: the first 8 hex digits of the SHA-256 of its SPKI DER. */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
}

/** The public keys whose tickets are good: one, or two while they are being changed. */
export class TicketKeys {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /**
   * @param encoded one or two Ed25519 public keys, each the base64 of an SPKI PEM, separated by a comma
   * @throws Error with a sentence that names TICKET_PUBLIC_KEY
   */
  constructor(encoded: string) {
    const parts = encoded.split(',').map((part) => part.trim());
    if (parts.length > 2) throw new Error('TICKET_PUBLIC_KEY must hold one key, or two separated by a comma.');
    this.#keys = new Map(parts.map(parseKey).map((key) => [keyId(key), key]));
  }

  /** Refuses with `ticket-missing`, `ticket-expired` or `ticket-invalid`. `now` in ms since the epoch. */
  async verifyTicket(token: string, now: number): Promise<Result<TicketClaims>> {
    if (token === '') return refuse('ticket-missing');
    try {
      return accept(ticketClaims.parse(await this.#verify(token, TICKET_AUDIENCE, now)));
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refuse('ticket-expired');
      return refuse('ticket-invalid', reason(error));
    }
  }

  /** Refuses with `not-permitted-take`. `now` in ms since the epoch. */
  async verifyPermit(token: string, now: number): Promise<Result<TakePermitClaims>> {
    try {
      return accept(takePermitClaims.parse(await this.#verify(token, TAKE_PERMIT_AUDIENCE, now)));
    } catch (error) {
      return refuse('not-permitted-take', reason(error));
    }
  }

  async #verify(token: string, audience: string, now: number): Promise<unknown> {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = this.#keys.get(kid ?? '');
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        // The algorithm is ours to say, never the token's (RFC 8725, 3.1).
        algorithms: ['EdDSA'],
        audience,
        issuer: TICKET_ISSUER,
        requiredClaims: ['exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now),
      },
    );
    return payload;
  }
}

function parseKey(encoded: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    throw new Error('TICKET_PUBLIC_KEY must be the base64 of a public key in PEM form (SPKI).');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('TICKET_PUBLIC_KEY must be an Ed25519 key.');
  return key;
}

/** For logs: what was wrong, without a part of the token. */
const reason = (error: unknown): string =>
  error instanceof errors.JOSEError ? error.code : error instanceof Error ? error.name : 'unknown';
