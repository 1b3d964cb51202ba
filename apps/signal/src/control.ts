import type { IncomingMessage } from 'node:http';
import { control, type Control as ControlCall, SIGNATURE_HEADER, verifyBody } from '@parley/protocol/service-calls';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { Rooms } from './rooms';

const MAX_BODY_BYTES = 65_536;
/** A signature is good for five minutes to either side (service-calls.ts); so long it is remembered, ms. */
const REMEMBERED_MS = 10 * 60_000;

export interface ControlOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rooms: Rooms;
  readonly secret: string;
}

/** What web tells signal: settings changed, the way in changed, end the room. */
export class Control {
  /** Calls carried out or under way, by signature, and since when: whoever plays one again changes nothing. */
  #seen = new Map<string, { readonly at: number; readonly done: Promise<boolean> }>();

  constructor(private readonly options: ControlOptions) {}

  /**
   * Carries out a signed call and gives the HTTP status: 200, 400 (not a call), 401 (signature), 413 (too large),
   * 503 (the room log cannot be read or written: to be tried again).
   */
  async receive(request: IncomingMessage): Promise<200 | 400 | 401 | 413 | 503> {
    const body = await read(request);
    if (body === null) return 413;
    const now = this.options.clock.now();
    const signature = request.headers[SIGNATURE_HEADER];
    if (typeof signature !== 'string' || !(await verifyBody(this.options.secret, body, signature, now))) return 401;
    const parsed = control.safeParse(parseJson(body));
    if (!parsed.success) return 400;
    const done = this.#seen.get(signature)?.done ?? this.#carryOut(parsed.data, signature, now);
    return (await done) ? 200 : 503;
  }

  async #carryOut(call: ControlCall, signature: string, now: number): Promise<boolean> {
    for (const [old, { at }] of this.#seen) {
      if (at + REMEMBERED_MS > now) break;
      this.#seen.delete(old);
    }
    this.options.logger.info({ room: call.meeting, control: call.type }, 'web controls a room');
    const done = this.options.rooms.control(call);
    this.#seen.set(signature, { at: now, done });
    if (await done) return true;
    this.#seen.delete(signature);
    return false;
  }
}

async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
