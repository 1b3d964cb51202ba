import * as z from 'zod/mini';

/**
 * Every expected "no" the room can answer. Closed: a new code needs a sentence in each language
 * (apps/web/src/messages), and does not compile without one.
 */
export const REFUSAL_CODES = [
  'malformed', // the packet does not have the shape the command wants
  'too-large', // the packet or one of its parts is over its limit
  'too-fast', // over the rate limit; try again later
  'ticket-missing',
  'ticket-invalid', // forged, wrong audience, wrong algorithm
  'ticket-expired',
  'origin-not-allowed',
  'version-mismatch', // the page is older or newer than the server: reload
  'not-joined', // a command before the join was acknowledged
  'not-allowed', // the role does not permit it
  'not-found', // the participant, source or take named does not exist
  'not-permitted-take', // the take permit is forged, expired, or for another meeting or person
  'take-refused', // web opens no take for this person, who is not the meeting's owner
  'already-recording',
  'room-full',
  'removed', // a host removed this participant from the meeting
  'seat-taken', // the same person opened the meeting elsewhere
  'room-ended',
  'shutting-down', // the server is being restarted: come back at once
  'web-unreachable', // web, which the browser asks before it asks the room, does not answer: try again
  'internal', // our fault; logged with its cause
] as const;

export const refusalCode = z.enum(REFUSAL_CODES);
export type RefusalCode = z.infer<typeof refusalCode>;

/** An expected "no". `detail` is for logs and developers, never shown to people. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail?: string;
}

/** How every command is answered. Exceptions do not cross the wire. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const accept = <T>(value: T): Result<T> => ({ ok: true, value });

export const refuse = (code: RefusalCode, detail?: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: detail === undefined ? { code } : { code, detail },
});
