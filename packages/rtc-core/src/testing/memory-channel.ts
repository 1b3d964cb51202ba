import type { Command, CommandName, CommandReply } from '@parley/protocol/commands';
import { type Refusal, type Result, accept, refuse } from '@parley/protocol/refusal';
import type { RelayRequest } from '@parley/protocol/relay';
import {
  type LoggedEvent,
  type Participant,
  type RoomEvent,
  type RoomState,
  apply,
  isHost,
  openedState,
} from '@parley/protocol/room-state';
import type { Connect, ConnectionHandlers } from '../signal/channel';

/** Who a ticket of the memory room speaks for. `memoryTicket` writes it, the room reads it. */
export interface MemoryClaims {
  readonly participant: string;
  readonly name: string;
  readonly role: Participant['role'];
}
export const memoryTicket = (claims: MemoryClaims): string => JSON.stringify(claims);

/** Stands for signal where none can run: a page. The protocol's own `apply`, and the least of rules. */
export interface MemoryRoom {
  readonly connect: Connect;
  readonly state: RoomState;
  /** Breaks every connection; until `restore` new ones are not made. */
  fail(): void;
  restore(): void;
  /** Answers the next handshake with this refusal. */
  refuseNext(refusal: Refusal): void;
  /** Loses the next broadcast of events to everybody. */
  loseNextBroadcast(): void;
  /** Keeps no event of before: who missed some gets the state. */
  forget(): void;
  /** Ends the grace period of a seat that is away. */
  vacate(participant: string): void;
  /** What a refreshed ticket brings. */
  iceServers: CommandReply<'refresh-ticket'>['iceServers'];
  /** Commands answered so far. */
  readonly commands: readonly CommandName[];
}

interface Line {
  readonly claims: MemoryClaims;
  readonly handlers: ConnectionHandlers;
  /** Set by join. */
  instance: string | null;
  open: boolean;
  /** Closed by the browser: it hears nothing more, but what it sent before arrives. */
  deaf: boolean;
}

export function createMemoryRoom(): MemoryRoom {
  const settings = { version: 1, title: 'Memory', maxParticipants: 8 };
  const ids = { meeting: 'memory-meeting', session: 'memory-session', epoch: 'memory-epoch' };
  let state = openedState({ revision: 1, at: Date.now(), event: { type: 'opened', settings, ...ids } });
  const log: LoggedEvent[] = [];
  const lines = new Set<Line>();
  const commands: CommandName[] = [];
  let failing = false;
  let refusal: Refusal | null = null;
  let losing = false;
  let oldest = 0;
  let iceServers: MemoryRoom['iceServers'];

  const happen = (event: RoomEvent): void => {
    const logged = { revision: state.revision + 1, at: Date.now(), event };
    state = apply(state, logged);
    log.push(logged);
    if (losing) {
      losing = false;
      return;
    }
    for (const line of lines) if (line.instance) later(line, (h) => h.events([logged]));
  };

  const close = (line: Line, tell: (handlers: ConnectionHandlers) => void): void => {
    if (!line.open) return;
    line.open = false;
    lines.delete(line);
    setTimeout(() => {
      if (!line.deaf) tell(line.handlers);
    });
  };

  const depart = (participant: string, why: 'left' | 'removed' | 'vanished', by: string | null): void => {
    if (state.participants[participant]) happen({ type: 'left', participant, why, by });
  };

  const answer = (line: Line, command: Command): Result<unknown> => {
    const me = line.claims.participant;
    if (command.name === 'join') {
      const { name, role } = line.claims;
      const { instance } = command.request;
      for (const other of lines)
        if (other !== line && other.instance && other.claims.participant === me)
          close(other, (h) => h.closed({ code: 'seat-taken' }));
      if (state.participants[me]) happen({ type: 'returned', participant: me, instance, name, role });
      else
        happen({
          type: 'joined',
          participant: {
            id: me,
            name,
            role,
            guest: false,
            presence: { status: 'here', instance },
            joinedAt: Date.now(),
            publications: {},
            handRaisedAt: null,
          },
        });
      line.instance = instance;
      return accept({ you: me, state, iceServers: [], now: Date.now() } satisfies CommandReply<'join'>);
    }
    if (!line.instance) return refuse('not-joined');
    switch (command.name) {
      case 'leave':
        depart(me, 'left', null);
        line.instance = null;
        return accept({});
      case 'catch-up': {
        const { epoch, revision } = command.request;
        return epoch === state.epoch && revision >= oldest
          ? accept({ kind: 'events', events: log.filter((logged) => logged.revision > revision) })
          : accept({ kind: 'snapshot', state });
      }
      case 'publish':
        happen({ type: 'published', participant: me, ...command.request });
        return accept({});
      case 'unpublish':
        happen({ type: 'unpublished', participant: me, ...command.request });
        return accept({});
      case 'set-muted':
        happen({ type: 'muted-set', participant: me, by: me, ...command.request });
        return accept({});
      case 'chat': {
        const { id, text } = command.request;
        if (!state.chat.some((m) => m.id === id))
          happen({ type: 'chat-sent', message: { id, from: me, name: line.claims.name, text, at: Date.now() } });
        return accept({});
      }
      case 'set-hand':
        happen({ type: 'hand-set', participant: me, raised: command.request.raised });
        return accept({});
      case 'react':
        happen({ type: 'reacted', participant: me, reaction: command.request.reaction });
        return accept({});
      case 'start-take': {
        if (state.take) return refuse('already-recording');
        const take = command.request.permit;
        happen({ type: 'take-started', take, by: me, destination: 'server' });
        return accept({ take });
      }
      case 'notice-take':
        happen({ type: 'take-noticed', take: command.request.take, participant: me });
        return accept({});
      case 'stop-take':
        happen({ type: 'take-stopped', take: command.request.take, why: 'stopped' });
        return accept({});
      case 'mute-participant': {
        if (!isHost(line.claims.role)) return refuse('not-allowed');
        const { participant, source } = command.request;
        happen({ type: 'muted-set', participant, source, muted: true, by: me });
        return accept({});
      }
      case 'remove-participant': {
        if (!isHost(line.claims.role)) return refuse('not-allowed');
        const { participant } = command.request;
        depart(participant, 'removed', me);
        for (const other of lines)
          if (other.claims.participant === participant) close(other, (h) => h.closed({ code: 'removed' }));
        return accept({});
      }
      case 'end-room':
        if (!isHost(line.claims.role)) return refuse('not-allowed');
        happen({ type: 'ended', by: me });
        for (const other of lines) close(other, (h) => h.closed({ code: 'room-ended' }));
        return accept({});
      case 'refresh-ticket':
        return accept(iceServers ? { iceServers } : {});
    }
  };

  const pass = (from: Line, { to, toInstance, body }: RelayRequest): void => {
    if (!from.instance) return;
    const delivery = { from: from.claims.participant, fromInstance: from.instance, body: structuredClone(body) };
    for (const line of lines)
      if (line.claims.participant === to && line.instance === toInstance) later(line, (h) => h.relay(delivery));
  };

  const connect: Connect = (_url, ticket, handlers) => {
    const claims = JSON.parse(ticket.reveal()) as MemoryClaims;
    const line: Line = { claims, handlers, instance: null, open: true, deaf: false };
    lines.add(line);
    const refused = refusal ?? (state.removed.includes(claims.participant) ? { code: 'removed' as const } : null);
    refusal = null;
    if (failing) close(line, (h) => h.lost(new Error('The memory room is away.')));
    else if (refused) close(line, (h) => h.refused(refused));
    else later(line, (h) => h.opened());
    return {
      command(name, request, timeoutMs) {
        if (!line.open || line.deaf) return Promise.resolve('lost');
        return new Promise((resolve) => {
          setTimeout(() => resolve('lost'), timeoutMs);
          setTimeout(() => {
            if (!line.open) return resolve('lost');
            commands.push(name);
            const result = answer(line, { name, request } as Command);
            setTimeout(() => resolve(result as never));
          });
        });
      },
      relay: (request) => line.open && pass(line, request),
      close() {
        if (line.deaf) return;
        line.deaf = true;
        setTimeout(() => {
          if (!line.open) return;
          line.open = false;
          lines.delete(line);
          wentAway(line);
        });
      },
    };
  };

  const wentAway = (line: Line): void => {
    const me = line.claims.participant;
    if (line.instance && state.participants[me]?.presence.instance === line.instance)
      happen({ type: 'went-away', participant: me });
  };

  return {
    connect,
    commands,
    get state() {
      return state;
    },
    get iceServers() {
      return iceServers;
    },
    set iceServers(next) {
      iceServers = next;
    },
    fail() {
      failing = true;
      for (const line of [...lines]) {
        close(line, (h) => h.lost(new Error('The memory room went away.')));
        wentAway(line);
      }
    },
    restore() {
      failing = false;
    },
    refuseNext(next) {
      refusal = next;
    },
    loseNextBroadcast() {
      losing = true;
    },
    forget() {
      oldest = state.revision + 1;
    },
    vacate: (participant) => depart(participant, 'vanished', null),
  };
}

/** As over a wire: later, in order, and not at all when the line has closed. */
function later(line: Line, tell: (handlers: ConnectionHandlers) => void): void {
  setTimeout(() => {
    if (line.open && !line.deaf) tell(line.handlers);
  });
}
