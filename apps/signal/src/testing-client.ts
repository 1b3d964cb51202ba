import type {
  ClientToServerEvents,
  CommandName,
  CommandReply,
  CommandRequest,
  ServerToClientEvents,
} from '@parley/protocol/commands';
import type { RelayDelivery } from '@parley/protocol/relay';
import type { Refusal, Result } from '@parley/protocol/refusal';
import { apply, type LoggedEvent, type RoomState } from '@parley/protocol/room-state';
import { PROTOCOL_VERSION } from '@parley/protocol/version';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type TestSignal, testId, type TicketWishes } from './testing';

type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
type Untyped = { emit(name: string, ...args: unknown[]): unknown };
const PATIENCE_MS = 20_000;

/** A browser reduced to its socket: applies every event, as rtc-core does, and fails at a gap. */
export class TestClient {
  state: RoomState | null = null;
  readonly events: LoggedEvent[] = [];
  readonly relays: RelayDelivery[] = [];
  readonly closed: Refusal[] = [];
  #watchers = new Set<() => void>();

  constructor(
    readonly socket: ClientSocket,
    readonly participant: string,
    readonly instance: string,
  ) {
    socket.on('events', (events) => {
      for (const event of events) {
        if (!this.state) throw new Error('An event came before the join was acknowledged.');
        this.state = apply(this.state, event);
        this.events.push(event);
      }
      this.#look();
    });
    socket.on('relay', (relay) => {
      this.relays.push(relay);
      this.#look();
    });
    socket.on('closed', (refusal) => {
      this.closed.push(refusal);
      this.#look();
    });
    socket.on('disconnect', () => this.#look());
  }

  /** The room's answer, whatever it is. */
  send<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<Result<CommandReply<N>>> {
    return this.sendRaw(name, request) as Promise<Result<CommandReply<N>>>;
  }

  /** Sends whatever it is given; resolves with the answer. */
  sendRaw(name: string, ...args: unknown[]): Promise<Result<unknown>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${name}" was not acknowledged.`)), PATIENCE_MS);
      (this.socket as unknown as Untyped).emit(name, ...args, (result: Result<unknown>) => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  }

  /** Sends and expects a yes. */
  async ask<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<CommandReply<N>> {
    const result = await this.send(name, request);
    if (!result.ok) throw new Error(`"${name}" was refused: ${result.refusal.code} ${result.refusal.detail ?? ''}`);
    return result.value;
  }

  /** Sends and gives the refusal's code, or `ok`. */
  async outcome<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<string> {
    const result = await this.send(name, request);
    return result.ok ? 'ok' : result.refusal.code;
  }

  async join(name?: string): Promise<CommandReply<'join'>> {
    const reply = await this.ask('join', { instance: this.instance, ...(name === undefined ? {} : { name }) });
    this.state = reply.state;
    this.#look();
    return reply;
  }

  /** Resolves when `condition` holds for the room as this client knows it. */
  until(condition: (state: RoomState) => boolean): Promise<void> {
    return this.when(() => this.state !== null && condition(this.state));
  }

  /** Resolves when `condition` holds; it is looked at whenever something arrives. */
  when(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`Waited in vain for ${condition.toString()}; closed: ${JSON.stringify(this.closed)}`));
      }, PATIENCE_MS);
      const look = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  gone(): Promise<void> {
    return this.when(() => !this.socket.connected);
  }

  /** Cuts the line without a word, as a lost network does. */
  cut(): void {
    this.socket.io.engine.close();
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }
}

export interface ConnectWishes extends TicketWishes {
  readonly instance?: string;
  /** Instead of a ticket made from the wishes. */
  readonly ticket?: string;
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly transports?: string[];
}

type Connected = { readonly client: TestClient; readonly refusal: null };
type Refused = { readonly client: null; readonly refusal: Refusal | Error };

/** Opens a connection and tells how the handshake ended. */
export async function tryConnect(signal: TestSignal, wishes: ConnectWishes = {}): Promise<Connected | Refused> {
  const { instance = testId(), ticket, auth, headers, transports = ['websocket'], ...claims } = wishes;
  const participant = claims.participant ?? testId();
  const options: Partial<ManagerOptions & SocketOptions> = {
    transports,
    forceNew: true,
    reconnection: false,
    auth: auth ?? {
      ticket: ticket ?? (await signal.mintTicket({ ...claims, participant })),
      protocol: PROTOCOL_VERSION,
    },
    ...(headers ? { extraHeaders: { ...headers } } : {}),
  };
  const socket = io(signal.url, options) as ClientSocket;
  return new Promise((resolve) => {
    socket.on('connect', () => resolve({ client: new TestClient(socket, participant, instance), refusal: null }));
    socket.on('connect_error', (error: Error & { data?: Refusal }) => {
      socket.disconnect();
      resolve({ client: null, refusal: error.data ?? error });
    });
  });
}

/** Opens a connection that must be let in. */
export async function connect(signal: TestSignal, wishes: ConnectWishes = {}): Promise<TestClient> {
  const { client, refusal } = await tryConnect(signal, wishes);
  if (!client) throw new Error(`The handshake was refused: ${JSON.stringify(refusal)}`);
  return client;
}
