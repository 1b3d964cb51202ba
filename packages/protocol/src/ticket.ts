import * as z from 'zod/mini';
import { displayName } from './display-name';
import { opaqueId, participantId, role, roomSettings, takeDestination } from './room-state';

/** JWT `aud` of a ticket. */
export const TICKET_AUDIENCE = 'parley-signal';
/** JWT `aud` of a take permit. */
export const TAKE_PERMIT_AUDIENCE = 'parley-take';
export const TICKET_ISSUER = 'parley-web';
/** Seconds a ticket is good for. It is refreshed at half of this while connected. */
export const TICKET_LIFETIME_S = 120;

/**
 * Claims of a ticket: signed permission to enter one room as one participant. JWT (RFC 7519) signed
 * with EdDSA (RFC 8037); any other `alg` is refused.
 */
export const ticketClaims = z.object({
  iss: z.literal(TICKET_ISSUER),
  aud: z.literal(TICKET_AUDIENCE),
  /** Who the ticket speaks for: `user:<id>` or `guest:<id>`. */
  sub: z.string().check(z.regex(/^(user|guest):[A-Za-z0-9_-]{8,64}$/u)),
  meeting: opaqueId,
  participant: participantId,
  /** A user's name. Null for a guest: the join command brings what they typed. */
  name: z.nullable(displayName),
  role,
  guest: z.boolean(),
  settings: roomSettings,
  iat: z.number(),
  exp: z.number(),
});
export type TicketClaims = Readonly<z.infer<typeof ticketClaims>>;

/** Claims of a take permit: web has created the take and its owner may start it in this room. Signed like a ticket. */
export const takePermitClaims = z.object({
  iss: z.literal(TICKET_ISSUER),
  aud: z.literal(TAKE_PERMIT_AUDIENCE),
  meeting: opaqueId,
  participant: participantId,
  take: opaqueId,
  destination: takeDestination,
  iat: z.number(),
  exp: z.number(),
});
export type TakePermitClaims = Readonly<z.infer<typeof takePermitClaims>>;
