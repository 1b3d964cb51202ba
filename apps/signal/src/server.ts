import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import path from 'node:path';
import { type ClientToServerEvents, MAX_PACKET_BYTES, type ServerToClientEvents } from '@parley/protocol/commands';
import type { TicketClaims } from '@parley/protocol/ticket';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import { TrustedProxies } from './client-address';
import type { Clock } from './clock';
import { Connection } from './connection';
import { Control } from './control';
import { Gate } from './gate';
import { httpListener } from './http';
import type { IceOptions } from './ice-servers';
import { Rooms } from './rooms';
import { TicketKeys } from './tickets';

/** A dead line is noticed within ten seconds, ms. */
const PING = { pingInterval: 5_000, pingTimeout: 5_000 };
const DRAIN_WITHIN_MS = 5_000;

export interface ServerOptions {
  readonly port: number;
  /** Address to listen on; all unless given. */
  readonly host?: string;
  /** Public addresses of pages that may connect. */
  readonly origins: readonly string[];
  /** Where web is reached from here. */
  readonly webUrl: string;
  readonly dataDir: string;
  readonly ticketPublicKey: string;
  readonly reportSecret: string;
  readonly ice: IceOptions;
  readonly maxParticipants: number;
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly compactBytes?: number;
}

type SignalIo = Server<ClientToServerEvents, ServerToClientEvents, Record<never, never>, { claims: TicketClaims }>;

export interface SignalServer {
  readonly port: number;
  readonly rooms: Rooms;
  readonly io: SignalIo;
  /** Refuses what is new, writes down what is decided, reports it, and ends. Seats stay for the next start. */
  stop(): Promise<void>;
  /** Ends as SIGKILL would: every line cut, nothing more written. For tests. */
  kill(): Promise<void>;
}

/** @throws Error with a sentence when a variable is wrong or the port is taken */
export async function startServer(options: ServerOptions): Promise<SignalServer> {
  const { clock, logger, maxParticipants, ice } = options;
  const keys = new TicketKeys(options.ticketPublicKey);
  const proxies = new TrustedProxies(options.trustedProxies);
  let closing = false;
  const isClosing = () => closing;

  const http = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 });
  const io: SignalIo = new Server({
    ...PING,
    maxHttpBufferSize: MAX_PACKET_BYTES,
    connectTimeout: 10_000,
    transports: ['websocket', 'polling'],
    serveClient: false,
    cors: { origin: options.origins.map((url) => new URL(url).origin), credentials: false },
  });
  const rooms = await Rooms.open({
    clock,
    logger,
    folder: path.join(options.dataDir, 'signal'),
    maxParticipants,
    webUrl: options.webUrl,
    reportSecret: options.reportSecret,
    broadcast: (session, events) => void io.to(session).emit('events', events),
    ...(options.compactBytes === undefined ? {} : { compactBytes: options.compactBytes }),
  });
  const gate = new Gate({ clock, logger, keys, proxies, origins: options.origins, isClosing });
  io.use(gate.middleware);
  io.on('connection', (socket) => {
    new Connection(socket, { clock, logger, rooms, keys, ice, maxParticipants, isClosing });
  });
  const control = new Control({ clock, logger, rooms, secret: options.reportSecret });
  http.on('request', httpListener({ logger, rooms, control }));
  io.attach(http);

  const lines = new Set<TcpSocket>();
  http.on('connection', (line) => {
    lines.add(line);
    line.on('close', () => lines.delete(line));
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const sentences: Partial<Record<string, string>> = {
        EADDRINUSE: `SIGNAL_PORT ${options.port} is in use; set SIGNAL_PORT to a free one.`,
        EADDRNOTAVAIL: `SIGNAL_HOST ${options.host} is no address of this machine.`,
        ENOTFOUND: `SIGNAL_HOST ${options.host} is no address of this machine.`,
      };
      const sentence = sentences[error.code ?? ''];
      reject(sentence === undefined ? error : new Error(sentence));
    });
    http.listen(options.port, options.host, resolve);
  });
  const { port } = http.address() as AddressInfo;
  logger.info({ port, ...rooms.counts }, 'signal listens');

  return {
    port,
    rooms,
    io,
    async stop() {
      if (closing) return;
      closing = true;
      await rooms.flush();
      const closed = io.close();
      const told = await rooms.reports.drain(DRAIN_WITHIN_MS);
      await rooms.close();
      for (const line of lines) line.destroy();
      await closed;
      logger.info({ reportsLeft: !told }, 'signal ended');
    },
    async kill() {
      closing = true;
      const written = rooms.close();
      for (const line of lines) line.destroy();
      await Promise.all([written, io.close()]);
    },
  };
}
