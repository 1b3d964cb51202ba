import { createHmac } from 'node:crypto';
import type { IceServer } from '@parley/protocol/commands';
import type { ParticipantId } from '@parley/protocol/room-state';

/** How long TURN credentials are good. Longer than a long meeting: an allocation is refreshed with the credentials it was made with. */
const TURN_LIFETIME_S = 12 * 3_600;
/** They end on the hour: who is given them each minute gets the same ones for that long, and has nothing to change. */
const HOUR_S = 3_600;

export interface IceOptions {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly turnSecret?: string | undefined;
}

/**
 * ICE servers for one admitted participant. Credentials by "A REST API for access to TURN services"
 * (draft-uberti-behave-turn-rest-00), coturn's `use-auth-secret`: username `<expiry, s>:<participant>`,
 * credential base64 of its HMAC-SHA1 under the secret.
 */
export function iceServersFor(options: IceOptions, participant: ParticipantId, now: number): IceServer[] {
  const servers: IceServer[] = [];
  if (options.stunUrls.length > 0) servers.push({ urls: [...options.stunUrls] });
  if (options.turnUrls.length > 0 && options.turnSecret !== undefined) {
    const expiry = Math.floor((now / 1_000 + TURN_LIFETIME_S) / HOUR_S) * HOUR_S;
    const username = `${expiry}:${participant}`;
    const credential = createHmac('sha1', options.turnSecret).update(username).digest('base64');
    servers.push({ urls: [...options.turnUrls], username, credential });
  }
  return servers;
}
