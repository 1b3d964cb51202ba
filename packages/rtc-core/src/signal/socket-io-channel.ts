import {
  COMMANDS,
  type ClientToServerEvents,
  type HandshakeAuth,
  type ServerToClientEvents,
} from '@parley/protocol/commands';
import { type Refusal, type Result, refusalCode, refuse } from '@parley/protocol/refusal';
import { PROTOCOL_VERSION } from '@parley/protocol/version';
import { type Socket, io } from 'socket.io-client';
import type { Connect, Connection, ConnectionHandlers } from './channel';

/** How long opening may take before the attempt counts as lost, ms. */
const OPENING_MS = 10_000;

type Emit = (name: string, request: unknown, acknowledge: (error: Error | null, result: unknown) => void) => void;

/** signal over socket.io: WebSocket first, long polling where a proxy lets no WebSocket through. */
export const connectSocketIo: Connect = (url, ticket, handlers) => {
  const { origin, pathname } = new URL(url);
  const auth: HandshakeAuth = { ticket: ticket.reveal(), protocol: PROTOCOL_VERSION };
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(origin, {
    path: `${pathname.replace(/\/$/u, '')}/socket.io`,
    auth,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: OPENING_MS,
    // Every attempt is a new connection, made by the line: nothing of an old one can leak into it.
    reconnection: false,
    forceNew: true,
  });
  const end = endOnce(socket, handlers);
  const opening = setTimeout(() => end((h) => h.lost(new Error('Opening took too long.'))), OPENING_MS);

  socket.on('connect', () => {
    clearTimeout(opening);
    end.unlessEnded((h) => h.opened());
  });
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    clearTimeout(opening);
    const refusal = asRefusal(error.data);
    end((h) => (refusal ? h.refused(refusal) : h.lost(error)));
  });
  socket.on('disconnect', (reason) => {
    clearTimeout(opening);
    end((h) => h.lost(new Error(reason)));
  });
  socket.on('events', (events) => end.unlessEnded((h) => h.events(events)));
  socket.on('relay', (delivery) => end.unlessEnded((h) => h.relay(delivery)));
  socket.on('closed', (refusal) => end((h) => h.closed(refusal)));

  const connection: Connection = {
    command: (name, request, timeoutMs) =>
      new Promise((resolve) => {
        // socket.io would keep it for later otherwise: what waits, and for how long, is the seat's to decide.
        if (!socket.connected) return resolve('lost');
        // The typed emit cannot be called with a name that is still generic.
        const emitter = socket.timeout(timeoutMs);
        const emit = emitter.emit.bind(emitter) as unknown as Emit;
        emit(name, request, (error, result) => {
          if (error) return resolve('lost');
          resolve(parseResult(COMMANDS[name].reply, result) as never);
        });
      }),
    relay: (request) => {
      if (socket.connected) socket.emit('relay', request);
    },
    close: () => {
      clearTimeout(opening);
      end(() => {});
    },
  };
  return connection;
};

/** Runs the handler of the ending once, and disconnects. */
function endOnce(socket: { disconnect(): unknown }, handlers: ConnectionHandlers) {
  let ended = false;
  const end = (tell: (handlers: ConnectionHandlers) => void): void => {
    if (ended) return;
    ended = true;
    socket.disconnect();
    tell(handlers);
  };
  return Object.assign(end, {
    unlessEnded(tell: (handlers: ConnectionHandlers) => void): void {
      if (!ended) tell(handlers);
    },
  });
}

function asRefusal(data: unknown): Refusal | null {
  if (typeof data !== 'object' || data === null || !('code' in data)) return null;
  const code = refusalCode.safeParse(data.code);
  if (!code.success) return null;
  return 'detail' in data && typeof data.detail === 'string'
    ? { code: code.data, detail: data.detail }
    : { code: code.data };
}

interface ReplySchema {
  safeParse(value: unknown): { success: boolean; data?: unknown };
}

function parseResult(schema: ReplySchema, result: unknown): Result<unknown> {
  if (typeof result === 'object' && result !== null && 'ok' in result) {
    if (result.ok === false && 'refusal' in result)
      return { ok: false, refusal: asRefusal(result.refusal) ?? { code: 'internal', detail: 'Unknown refusal.' } };
    const value = schema.safeParse('value' in result ? result.value : {});
    if (result.ok === true && value.success) return { ok: true, value: value.data };
  }
  return refuse('internal', 'The answer does not have the shape of the contract.');
}
