import { createServer, type RequestListener, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import path from 'node:path';
import { type ClientToServerEvents, MAX_PACKET_BYTES, type ServerToClientEvents } from '@parley/protocol/commands';
import type { ParticipantId } from '@parley/protocol/room-state';
import type { TicketClaims } from '@parley/protocol/ticket';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import type { Clock } from './clock';
import { Connection } from './connection';
import { Control } from './control';
import { EnvironmentError } from './env';
import { Gate } from './gate';
import { httpListener } from './http';
import type { IceOptions } from './ice-servers';
import { limitLines } from './line-limits';
import { Rooms } from './rooms';
import { TicketKeys } from './tickets';

/** A dead line is noticed within ten seconds, ms. */
const PING = { pingInterval: 5_000, pingTimeout: 5_000 };
const DRAIN_WITHIN_MS = 5_000;
/** Connections of one participant to one meeting: more tabs than anybody has open at its door. */
const MOST_OF_ONE = 8;
/** How often connections that wait at the door with a ticket long over, or that do not read, are ended, ms. A busy room sends megabytes a second. */
const SWEEP_MS = 2_000;

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
  readonly trustedProxies: number;
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

/** @throws EnvironmentError with a sentence when a variable is wrong; Error with one when the port is taken */
export async function startServer(options: ServerOptions): Promise<SignalServer> {
  const { clock, logger, maxParticipants, ice } = options;
  const keys = new TicketKeys(options.ticketPublicKey);
  let closing = false;
  const isClosing = () => closing;

  const http = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 });
  let answer: RequestListener = (_request, response) => response.writeHead(503).end();
  http.on('request', (request, response) => void answer(request, response));
  // The port before the logs: a second start beside a running one must end before it writes into them.
  const lines = new Set<TcpSocket>();
  http.on('connection', (line) => {
    lines.add(line);
    line.on('close', () => lines.delete(line));
  });
  const port = await listen(http, options);

  const gate = new Gate({ clock, logger, keys, proxies: options.trustedProxies, origins: options.origins, isClosing });
  const io: SignalIo = new Server({
    ...PING,
    allowRequest: gate.mayOpen,
    maxHttpBufferSize: MAX_PACKET_BYTES,
    connectTimeout: 10_000,
    transports: ['websocket', 'polling'],
    serveClient: false,
    cors: { origin: options.origins.map((url) => new URL(url).origin), credentials: false },
  });
  const connections = new Set<Connection>();
  const ofParticipant = (meeting: string, participant: ParticipantId) =>
    [...connections].filter((other) => other.meeting === meeting && other.participant === participant);
  const rooms = await Rooms.open({
    clock,
    logger,
    folder: path.join(options.dataDir, 'signal'),
    maxParticipants,
    webUrl: options.webUrl,
    reportSecret: options.reportSecret,
    broadcast: (session, events) => void io.to(session).emit('events', events),
    isConnected: (meeting, participant) => ofParticipant(meeting, participant).length > 0,
    ...(options.compactBytes === undefined ? {} : { compactBytes: options.compactBytes }),
  }).catch((error: unknown) => {
    http.close();
    throw error;
  });
  io.use(gate.middleware);
  const forAll = { clock, logger, rooms, keys, ice, maxParticipants, isClosing };
  io.on('connection', (socket) => {
    const connection = new Connection(socket, forAll);
    const theirs = ofParticipant(connection.meeting, connection.participant);
    if (theirs.length >= MOST_OF_ONE) theirs.find(({ isSeated }) => !isSeated)?.drop();
    connections.add(connection);
    socket.on('disconnect', () => {
      connections.delete(connection);
      // Else the line of a client that takes leave of the namespace alone stays open, and nothing looks at it any more.
      socket.conn.close();
    });
  });
  let callOffSweep = clock.after(SWEEP_MS, sweep);
  function sweep(): void {
    for (const connection of connections) {
      if (connection.isStuck()) connection.cut();
      else if (connection.isForgotten()) connection.drop();
    }
    callOffSweep = clock.after(SWEEP_MS, sweep);
  }
  const control = new Control({ clock, logger, rooms, secret: options.reportSecret });
  answer = httpListener({ logger, rooms, control });
  io.attach(http);
  limitLines(io.engine, clock);
  logger.info({ port, ...rooms.counts }, 'signal listens');

  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    closing = true;
    callOffSweep();
    await rooms.flush();
    const closed = io.close();
    const told = await rooms.reports.drain(DRAIN_WITHIN_MS);
    await rooms.close();
    for (const line of lines) line.destroy();
    await closed;
    logger.info({ reportsLeft: !told }, 'signal ended');
  }

  return {
    port,
    rooms,
    io,
    // Asked twice, as by Ctrl-C and the start script at once, it still ends only when all is told.
    stop: () => (stopping ??= stop()),
    async kill() {
      closing = true;
      callOffSweep();
      const written = rooms.close();
      for (const line of lines) line.destroy();
      await Promise.all([written, io.close()]);
    },
  };
}

/** Resolves with the port. From then on a connection that cannot be accepted is logged, and the next one is another chance. */
function listen(http: HttpServer, { port, host, logger }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        return reject(new Error(`SIGNAL_PORT ${port} is in use; set SIGNAL_PORT to a free one.`));
      const sentences: Partial<Record<string, string>> = {
        EACCES: `SIGNAL_PORT ${port} may not be used by this user; set SIGNAL_PORT to one above 1023.`,
        EADDRNOTAVAIL: `SIGNAL_HOST ${host} is no address of this machine.`,
        ENOTFOUND: `SIGNAL_HOST ${host} is no address of this machine.`,
      };
      const sentence = sentences[error.code ?? ''];
      reject(sentence === undefined ? error : new EnvironmentError(sentence));
    };
    http.once('error', failed);
    http.listen(port, host, () => {
      http.off('error', failed);
      http.on('error', (error) => logger.error({ err: error }, 'a connection could not be accepted'));
      resolve((http.address() as AddressInfo).port);
    });
  });
}
