import {
  type ClientToServerEvents,
  type Command,
  type CommandName,
  type CommandReply,
  COMMANDS,
  type IceServer,
  type ParsedRequest,
  type ServerToClientEvents,
} from '@parley/protocol/commands';
import { type RelayDelivery, relayRequest } from '@parley/protocol/relay';
import { accept, refuse, type Refusal, type Result } from '@parley/protocol/refusal';
import type { InstanceId, ParticipantId } from '@parley/protocol/room-state';
import { TICKET_LIFETIME_S, type TicketClaims } from '@parley/protocol/ticket';
import type { Logger } from 'pino';
import type { Socket } from 'socket.io';
import type { $ZodError } from 'zod/v4/core';
import type { Clock } from './clock';
import { decide, type Question } from './decide';
import { type IceOptions, iceServersFor } from './ice-servers';
import { GRACE_MS, type Occupant, type Room, UNLOAD_GRACE_MS } from './room';
import type { Rooms } from './rooms';
import { CLOCK_TOLERANCE_S, type TicketKeys } from './tickets';
import { TokenBucket } from './token-bucket';

/** Per connection. Relays come in bursts when many peers are set up at once. */
const RELAYS = { rate: 300, burst: 1_000 };
const OTHERS = { rate: 50, burst: 100 };
/** Answers that hold the whole room, which may be megabytes: a join, and a catch-up after a gap too wide. */
const WHOLE_ROOMS = { rate: 1, burst: 10 };
/** Packets that may wait for a browser that does not read; then its connection is ended, and it resumes. */
const MAX_BACKLOG = 2_048;
/** Likewise characters: a whole room may be megabytes, and few relays of the longest kind as well. */
const MAX_UNREAD_CHARS = 4 * 1_024 * 1_024;

export type SignalSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<never, never>,
  { claims: TicketClaims }
>;

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rooms: Rooms;
  readonly keys: TicketKeys;
  readonly ice: IceOptions;
  readonly maxParticipants: number;
  readonly isClosing: () => boolean;
}

type Acknowledge = (result: Result<unknown>) => void;
const noAnswer: Acknowledge = () => undefined;

const isCommand = (name: unknown): name is CommandName => typeof name === 'string' && Object.hasOwn(COMMANDS, name);

/** One socket and the room: parse, decide, commit, acknowledge. Whatever comes in, a refusal goes out or the socket is closed. */
export class Connection implements Occupant {
  instance: InstanceId = '';
  #claims: TicketClaims;
  #room: Room | null = null;
  #relays: TokenBucket;
  #others: TokenBucket;
  #wholeRooms: TokenBucket;

  constructor(
    private readonly socket: SignalSocket,
    private readonly options: ConnectionOptions,
  ) {
    this.#claims = socket.data.claims;
    const now = options.clock.now();
    this.#relays = new TokenBucket(RELAYS, now);
    this.#others = new TokenBucket(OTHERS, now);
    this.#wholeRooms = new TokenBucket(WHOLE_ROOMS, now);
    socket.onAny((name: unknown, ...packet: unknown[]) => this.#received(name, packet));
    socket.on('disconnect', () => this.#disconnected());
  }

  get participant(): ParticipantId {
    return this.#claims.participant;
  }

  hear(session: string): void {
    if (this.socket.connected) void this.socket.join(session);
  }
  unhear(session: string): void {
    void this.socket.leave(session);
  }
  unseat(): void {
    this.#room = null;
  }
  deliver(relay: RelayDelivery): void {
    if (this.isStuck()) this.cut();
    // By way of the namespace: it makes the WebSocket frame itself, which the socket's own emit leaves to slower hands.
    else this.socket.nsp.to(this.socket.id).emit('relay', relay);
  }
  close(refusal: Refusal): void {
    this.socket.emit('closed', refusal);
    this.socket.disconnect(true);
  }
  drop(): void {
    this.socket.disconnect(true);
  }

  /** Ends the line at once; what it has not taken yet is thrown away. */
  cut(): void {
    this.socket.conn.close(true);
  }

  /** What the line has not taken yet: engine.io keeps it here and offers no public count of it. */
  get #unread(): readonly { readonly data?: unknown }[] {
    return (this.socket.conn as unknown as { writeBuffer: readonly { readonly data?: unknown }[] }).writeBuffer;
  }

  /** The browser does not read what it is sent. */
  isStuck(): boolean {
    let chars = 0;
    for (const { data } of this.#unread) if (typeof data === 'string') chars += data.length;
    return this.#unread.length > MAX_BACKLOG || chars > MAX_UNREAD_CHARS;
  }

  get meeting(): string {
    return this.#claims.meeting;
  }
  get isSeated(): boolean {
    return this.#room !== null;
  }

  /** Waits without a seat, and with a ticket that nobody has refreshed for long. */
  isForgotten(): boolean {
    return this.#room === null && this.#claims.exp + TICKET_LIFETIME_S < this.options.clock.now() / 1_000;
  }

  #disconnected(): void {
    const room = this.#room;
    this.#room = null;
    if (!this.options.isClosing()) room?.disconnected(this);
  }

  #received(name: unknown, packet: unknown[]): void {
    // Only the server makes functions: whatever else stands last is part of what was sent.
    const acknowledge = typeof packet.at(-1) === 'function' ? (packet.pop() as Acknowledge) : noAnswer;
    try {
      const now = this.options.clock.now();
      const verdict = (name === 'relay' ? this.#relays : this.#others).take(now);
      if (verdict === 'flood') return this.#closeFlood();
      if (verdict === 'too-fast') return acknowledge(refuse('too-fast'));
      if (this.options.isClosing()) return acknowledge(refuse('shutting-down'));
      if (packet.length !== 1) return acknowledge(refuse('malformed', 'a command has one argument'));
      if (name === 'relay') this.#relay(packet[0], acknowledge);
      else if (isCommand(name)) this.#command(name, packet[0], acknowledge);
      else acknowledge(refuse('malformed', 'there is no such command'));
    } catch (error) {
      this.#failed(error, acknowledge);
    }
  }

  #relay(packet: unknown, acknowledge: Acknowledge): void {
    const room = this.#room;
    if (!room) return acknowledge(refuse('not-joined'));
    const parsed = relayRequest.safeParse(packet);
    if (!parsed.success) return acknowledge(unfit(parsed.error));
    const { to, toInstance, body } = parsed.data;
    const receiver = room.occupants.get(to);
    if (receiver?.instance !== toInstance) return acknowledge(refuse('not-found'));
    receiver.deliver({ from: this.participant, fromInstance: this.instance, body });
    acknowledge(accept({}));
  }

  #command(name: CommandName, packet: unknown, acknowledge: Acknowledge): void {
    const parsed = COMMANDS[name].request.safeParse(packet);
    if (!parsed.success) return acknowledge(unfit(parsed.error));
    const command = { name, request: parsed.data } as Command;
    if (command.name === 'join') this.#join(command.request, acknowledge);
    else if (command.name === 'refresh-ticket')
      this.#verified(this.#refresh(command.request, acknowledge), acknowledge);
    else if (command.name === 'start-take') this.#verified(this.#startTake(command.request, acknowledge), acknowledge);
    else if (command.name === 'catch-up') this.#catchUp(command.request, acknowledge);
    else this.#ask(command, acknowledge);
  }

  #verified(asked: Promise<void>, acknowledge: Acknowledge): void {
    asked.catch((error: unknown) => this.#failed(error, acknowledge));
  }

  #catchUp({ epoch, revision }: ParsedRequest<'catch-up'>, acknowledge: Acknowledge): void {
    if (this.isStuck()) return this.cut();
    if (!this.#room) return acknowledge(refuse('not-joined'));
    const missed = this.#room.catchUp(epoch, revision);
    if (missed.kind === 'events' || this.#mayHaveWholeRoom(acknowledge)) acknowledge(accept(missed));
  }

  /** Whether there is allowance left for another answer of that size; if not, that is answered. */
  #mayHaveWholeRoom(acknowledge: Acknowledge): boolean {
    const verdict = this.#wholeRooms.take(this.options.clock.now());
    if (verdict === 'flood') this.#closeFlood();
    else if (verdict === 'too-fast') acknowledge(refuse('too-fast'));
    return verdict === 'ok';
  }

  #join(request: ParsedRequest<'join'>, acknowledge: Acknowledge): void {
    if (this.isStuck()) return this.cut();
    if (!this.#mayHaveWholeRoom(acknowledge)) return;
    const claims = this.#claims;
    // A page may wait at its door for long: what its ticket said then does not open the room now.
    if (claims.exp + CLOCK_TOLERANCE_S <= this.options.clock.now() / 1_000)
      return acknowledge(refuse('ticket-expired'));
    const before = this.instance;
    this.instance = request.instance;
    const joined = this.options.rooms.join(this, claims, request, (state) => {
      const now = this.options.clock.now();
      const reply: CommandReply<'join'> = { you: claims.participant, state, iceServers: this.#iceServers(now), now };
      acknowledge(accept(reply));
    });
    if (joined.ok) {
      this.#room = joined.value;
    } else {
      this.instance = before;
      acknowledge(joined);
    }
  }

  async #refresh({ ticket }: ParsedRequest<'refresh-ticket'>, acknowledge: Acknowledge): Promise<void> {
    const verified = await this.options.keys.verifyTicket(ticket, this.options.clock.now());
    if (!verified.ok) return acknowledge(verified);
    const claims = verified.value;
    if (claims.participant !== this.#claims.participant || claims.meeting !== this.#claims.meeting)
      return acknowledge(refuse('ticket-invalid', 'the ticket is for someone else'));
    if (claims.iat < this.#claims.iat) return acknowledge(accept({}));
    this.#claims = claims;
    if (!this.#room) return acknowledge(accept({}));
    this.#room.ticketIssuedAt.set(claims.participant, claims.iat);
    this.#ask({ name: 'refresh-ticket', claims }, acknowledge);
  }

  async #startTake({ permit: text }: ParsedRequest<'start-take'>, acknowledge: Acknowledge): Promise<void> {
    if (!this.#room) return acknowledge(refuse('not-joined'));
    const verified = await this.options.keys.verifyPermit(text, this.options.clock.now());
    if (!verified.ok) return acknowledge(verified);
    const permit = verified.value;
    if (this.#room?.spentTakes.has(permit.take) && this.#room.state.take?.id !== permit.take)
      return acknowledge(refuse('not-permitted-take', 'the permit is used'));
    this.#ask({ name: 'start-take', permit }, acknowledge);
  }

  #iceServers(now: number): IceServer[] {
    return iceServersFor(this.options.ice, this.participant, now);
  }

  #ask(question: Question, acknowledge: Acknowledge): void {
    const room = this.#room;
    if (!room) return acknowledge(refuse('not-joined'));
    if (room.log.failing) return acknowledge(refuse('internal', 'the room log cannot be written'));
    const { clock, maxParticipants } = this.options;
    const decision = decide(room.state, this.participant, question, { now: clock.now(), maxParticipants });
    if (!decision.ok) return acknowledge(decision);
    const unloads = question.name === 'leave' && question.request.why === 'unload';
    const refreshes = question.name === 'refresh-ticket';
    room.commit(decision.events, {
      done: () => acknowledge(accept(refreshes ? { iceServers: this.#iceServers(clock.now()) } : decision.reply)),
      keptMs: unloads ? UNLOAD_GRACE_MS : GRACE_MS,
    });
  }

  #closeFlood(): void {
    this.options.logger.warn({ participant: this.participant }, 'connection closed: it floods');
    this.close({ code: 'too-fast' });
  }

  #failed(error: unknown, acknowledge: Acknowledge): void {
    this.options.logger.error({ err: error, participant: this.participant }, 'a command failed');
    acknowledge(refuse('internal'));
  }
}

/** What does not fit the contract: too large in some part, or of another shape. */
function unfit(error: $ZodError): { ok: false; refusal: Refusal } {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return refuse(error.issues.some(({ code }) => code === 'too_big') ? 'too-large' : 'malformed', where.slice(0, 100));
}
