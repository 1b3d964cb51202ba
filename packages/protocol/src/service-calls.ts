import * as z from 'zod/mini';
import { loggedEvent, opaqueId, roomSettings } from './room-state';

/**
 * What web and signal tell each other over HTTP. Each body is signed: header `x-parley-signature` is
 * `t=<ms>,v1=<hex HMAC-SHA256 of "<t>.<body>" under REPORT_SECRET>`; older or newer than five minutes is refused.
 */
export const SIGNATURE_HEADER = 'x-parley-signature';
const MAX_SKEW_MS = 5 * 60_000;

/** Path on web that takes a `Report`. */
export const REPORT_PATH = '/api/signal/report';
/** Path on signal that takes a `Control`. */
export const CONTROL_PATH = '/control';

/** signal -> web: what happened, from a cursor over the room log. Idempotent: (session, revision) names an event for good. */
export const report = z.object({
  meeting: opaqueId,
  session: opaqueId,
  /** Events in order without gaps; the first of a session is `opened` at revision 1. */
  events: z.array(loggedEvent).check(z.minLength(1), z.maxLength(500)),
});
export type Report = z.infer<typeof report>;
/**
 * Last revision of this session web has stored. A smaller one than sent asks for what is between. `gone`: the meeting was deleted,
 * nothing of it is wanted any more, and its room ends.
 */
export const reportReply = z.object({ stored: z.int().check(z.nonnegative()), gone: z.optional(z.boolean()) });
export type ReportReply = z.infer<typeof reportReply>;

/** web -> signal: what changed outside the room. Answered 200 when done or when the room is not open, 503 to be tried again. */
export const control = z.discriminatedUnion('type', [
  z.object({ type: z.literal('settings-changed'), meeting: opaqueId, settings: roomSettings }),
  /** The way in has changed: who has no seat needs a ticket issued after `at`, ms since the epoch by web's clock. */
  z.object({ type: z.literal('entries-from'), meeting: opaqueId, at: z.int().check(z.nonnegative()) }),
  z.object({ type: z.literal('end'), meeting: opaqueId }),
]);
export type Control = z.infer<typeof control>;

const encoder = new TextEncoder();

async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

/** The value of `x-parley-signature` for `body`, at `now` (ms since the epoch). */
export async function signBody(secret: string, body: string, now: number): Promise<string> {
  return `t=${now},v1=${hex(await hmac(secret, `${now}.${body}`))}`;
}

/** The parts of a signature of these minutes, whoever made it. */
function partsOf(header: string | null | undefined, now: number): { at: number; mac: string } | null {
  const [, t, mac] = /^t=(\d{1,16}),v1=([0-9a-f]{64})$/u.exec(header ?? '') ?? [];
  return t && mac && Math.abs(now - Number(t)) <= MAX_SKEW_MS ? { at: Number(t), mac } : null;
}

/** Whether `header` has the shape of a signature of these minutes: looked at before a large body is read. */
export const mayBeSignature = (header: string | null | undefined, now: number): boolean =>
  partsOf(header, now) !== null;

/** Whether `header` is a signature of `body` under `secret`, not older or newer than five minutes. Compares in constant time. */
export async function verifyBody(
  secret: string,
  body: string,
  header: string | null | undefined,
  now: number,
): Promise<boolean> {
  const parts = partsOf(header, now);
  if (!parts) return false;
  const expected = hex(await hmac(secret, `${parts.at}.${body}`));
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ parts.mac.charCodeAt(i);
  return difference === 0;
}
