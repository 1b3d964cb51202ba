import type { CommandName, CommandReply, CommandRequest } from '@parley/protocol/commands';
import type { Refusal, Result } from '@parley/protocol/refusal';
import type { RelayDelivery, RelayRequest } from '@parley/protocol/relay';
import type { LoggedEvent } from '@parley/protocol/room-state';
import type { Secret } from '../secret';

/** What a connection tells. It ends with exactly one of `refused`, `closed` and `lost`; after `close()` nothing is called. */
export interface ConnectionHandlers {
  /** The handshake is accepted: commands can travel. */
  opened(): void;
  events(events: readonly LoggedEvent[]): void;
  relay(delivery: RelayDelivery): void;
  /** The handshake was refused. */
  refused(refusal: Refusal): void;
  /** signal closed the connection for good and said why. */
  closed(refusal: Refusal): void;
  /** It could not be opened, or dropped. `cause` is for logs. */
  lost(cause: unknown): void;
}

/** What became of a command: signal's answer, or nothing: whether it was carried out is not known. */
export type Answer<N extends CommandName> = Result<CommandReply<N>> | 'lost';

/** One connection to signal. Never used again once it has ended: the next attempt is a new one. Nothing is buffered. */
export interface Connection {
  /** Resolves `lost` when the connection ends first or nothing is heard for `timeoutMs`. Never rejects. */
  command<N extends CommandName>(name: N, request: CommandRequest<N>, timeoutMs: number): Promise<Answer<N>>;
  /** Sent without acknowledgement, or dropped when the connection is not open. */
  relay(request: RelayRequest): void;
  close(): void;
}

/** Opens a connection to signal at `url`. */
export type Connect = (url: string, ticket: Secret, handlers: ConnectionHandlers) => Connection;
