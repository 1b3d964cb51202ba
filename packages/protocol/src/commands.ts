import * as z from 'zod/mini';
import { displayName } from './display-name';
import type { Refusal, Result } from './refusal';
import { type RelayDelivery, type RelayRequest, relayRequest } from './relay';
import {
  instanceId,
  type LoggedEvent,
  loggedEvent,
  opaqueId,
  participantId,
  reaction,
  roomStateSchema,
  source,
} from './room-state';

export const MAX_PACKET_BYTES = 65_536;
export const MAX_CHAT_LENGTH = 4_000;

const nothing = z.object({});
const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});
/** RTCIceServer (WebRTC 1.0, 4.2.4), TURN credentials limited in time. */
export type IceServer = z.infer<typeof iceServer>;

/** What brings a browser up to date: events when it missed few, else the whole state. */
const catchUp = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('events'), events: z.array(loggedEvent) }),
  z.object({ kind: z.literal('snapshot'), state: roomStateSchema }),
]);
export type CatchUp = z.infer<typeof catchUp>;

/**
 * Every command of the room: what is asked and what is answered. The socket.io event maps below are
 * derived from it. Each is acknowledged with `Result<reply>`.
 */
export const COMMANDS = {
  /**
   * Take the seat. The first command of every connection, again after each reconnect. `name` is what a
   * guest typed; a user's name comes from the ticket. The newest connection of a participant takes the seat.
   * `session` is the one in which this page held the seat last: whoever comes back by itself must name it.
   */
  join: {
    request: z.object({ instance: instanceId, name: z.optional(displayName), session: z.optional(opaqueId) }),
    reply: z.object({
      you: participantId,
      state: roomStateSchema,
      iceServers: z.array(iceServer),
      /** The server's clock, ms since the epoch, so that running times can be shown. */
      now: z.number(),
    }),
  },
  /** `unload`: the page is going away, perhaps to reload; the seat is kept for a breath (1.5 s). */
  leave: { request: z.object({ why: z.enum(['left', 'unload']) }), reply: nothing },
  /**
   * Replace the connection's ticket by a newer one for the same participant; role and settings follow it. Who is seated is given
   * the ICE servers anew: a call may last longer than relay credentials do.
   */
  'refresh-ticket': {
    request: z.object({ ticket: z.string().check(z.maxLength(4_096)) }),
    reply: z.object({ iceServers: z.optional(z.array(iceServer)) }),
  },
  'catch-up': { request: z.object({ epoch: opaqueId, revision: z.int().check(z.nonnegative()) }), reply: catchUp },
  publish: { request: z.object({ source, muted: z.boolean() }), reply: nothing },
  unpublish: { request: z.object({ source }), reply: nothing },
  'set-muted': { request: z.object({ source, muted: z.boolean() }), reply: nothing },
  chat: {
    request: z.object({ id: opaqueId, text: z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_CHAT_LENGTH)) }),
    reply: nothing,
  },
  'set-hand': { request: z.object({ raised: z.boolean() }), reply: nothing },
  react: { request: z.object({ reaction }), reply: nothing },
  /** Hosts. `permit` is the signed take permit that web gave when it created the take. */
  'start-take': {
    request: z.object({ permit: z.string().check(z.maxLength(4_096)) }),
    reply: z.object({ take: opaqueId }),
  },
  /** This browser shows the recording notice of `take`. */
  'notice-take': { request: z.object({ take: opaqueId }), reply: nothing },
  /** Who records, or a host. */
  'stop-take': { request: z.object({ take: opaqueId }), reply: nothing },
  /** Hosts. Nobody can be unmuted by someone else. */
  'mute-participant': { request: z.object({ participant: participantId, source }), reply: nothing },
  /** Hosts. They cannot come back: not by the old ticket, another tab or a resumed connection. */
  'remove-participant': { request: z.object({ participant: participantId }), reply: nothing },
  /** Hosts. Ends the meeting for everybody. */
  'end-room': { request: nothing, reply: nothing },
} as const satisfies Record<string, { request: z.ZodMiniType; reply: z.ZodMiniType }>;

export type CommandName = keyof typeof COMMANDS;
export type CommandRequest<N extends CommandName> = z.input<(typeof COMMANDS)[N]['request']>;
export type ParsedRequest<N extends CommandName> = z.output<(typeof COMMANDS)[N]['request']>;
export type CommandReply<N extends CommandName> = z.output<(typeof COMMANDS)[N]['reply']>;

/** A parsed command: name and request belong together. */
export type Command = { [N in CommandName]: { readonly name: N; readonly request: ParsedRequest<N> } }[CommandName];

/** socket.io map, browser to signal. `relay` needs no acknowledgement; a refusal is given when one is asked for. */
export type ClientToServerEvents = {
  [N in CommandName]: (request: CommandRequest<N>, acknowledge: (result: Result<CommandReply<N>>) => void) => void;
} & { relay: (request: RelayRequest, acknowledge?: (result: Result<Record<never, never>>) => void) => void };

/** socket.io map, signal to browser. */
export interface ServerToClientEvents {
  /** In order, without gaps from the join's state on (unless the connection broke). */
  events: (events: readonly LoggedEvent[]) => void;
  relay: (delivery: RelayDelivery) => void;
  /** The server closes this connection for good: `seat-taken`, `removed`, `room-ended`, `too-fast`. Do not reconnect by yourself. */
  closed: (refusal: Refusal) => void;
}

/** socket.io `auth` of the handshake. A refused handshake's `connect_error` carries `data: Refusal`. */
export const handshakeAuth = z.object({
  ticket: z.string().check(z.minLength(1), z.maxLength(4_096)),
  protocol: z.int(),
});
export type HandshakeAuth = z.infer<typeof handshakeAuth>;

export { relayRequest };
