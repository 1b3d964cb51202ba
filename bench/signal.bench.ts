import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOL_VERSION } from '@parley/protocol/version';
import { TICKET_AUDIENCE, TICKET_ISSUER } from '@parley/protocol/ticket';
import { SignJWT } from 'jose';
import { io, type Socket } from 'socket.io-client';
import { median, percentile, print, row } from './report';

const here = fileURLToPath(new URL('.', import.meta.url));
const ROOM_SIZE = 8;
const IDLE_SOCKETS = 400;
const PAIRS = 48;
/** Below the burst that signal allows, so that no limit is measured but the server. */
const MESSAGES_PER_PAIR = 900;
const WINDOW = 8;
const ROUNDS = 7;
/** About the length of a batch of candidates. */
const BODY = {
  kind: 'candidates',
  candidates: [
    {
      candidate: `candidate:1 1 udp 2122260223 192.0.2.1 ${'5'.repeat(300)}`,
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: 'abcd',
    },
  ],
};

const id = (): string => randomBytes(16).toString('base64url');

interface Seat {
  readonly socket: Socket;
  readonly participant: string;
  readonly instance: string;
}

interface Server {
  readonly child: ChildProcess;
  connect(room: string): Promise<Seat>;
  relay(from: Seat, to: Seat): void;
  stop(): void;
}

/** `readyPath` answers below 500 once the server can do its work. */
function start(file: string, env: Record<string, string>, readyPath: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--expose-gc', '--import', join(here, 'heap-probe.mjs'), file], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const poll = async (): Promise<void> => {
      for (;;) {
        try {
          const { status } = await fetch(`http://127.0.0.1:${env.SIGNAL_PORT}${readyPath}`);
          if (status < 500) {
            resolve(child);
            return;
          }
        } catch {
          // Nobody listens yet.
        }
        await new Promise((next) => setTimeout(next, 50));
      }
    };
    void poll();
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function opened(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

async function startBare(): Promise<Server> {
  const port = await freePort();
  const child = await start(
    join(here, 'bare-socket-server.mjs'),
    { SIGNAL_PORT: String(port) },
    '/socket.io/?EIO=4&transport=polling',
  );
  return {
    child,
    async connect(room) {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true, reconnection: false });
      await opened(socket);
      const seat = { socket, participant: id(), instance: id() };
      await socket.emitWithAck('join', { room, id: seat.participant });
      return seat;
    },
    relay: (from, to) => void from.socket.emit('relay', { to: to.participant, toInstance: to.instance, body: BODY }),
    stop: () => void child.kill('SIGKILL'),
  };
}

async function startParley(): Promise<Server> {
  const port = await freePort();
  const web = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
  const child = await start(
    join(here, '../apps/signal/dist/main.js'),
    {
      SIGNAL_PORT: String(port),
      WEB_URL: webUrl,
      WEB_INTERNAL_URL: webUrl,
      SIGNAL_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: dataDir,
      REPORT_SECRET: id() + id(),
      TICKET_PUBLIC_KEY: Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })).toString('base64'),
      LOG_LEVEL: 'error',
    },
    '/health',
  );
  const ticket = (meeting: string, participant: string): Promise<string> =>
    new SignJWT({
      meeting,
      participant,
      name: 'Bench',
      role: 'participant',
      guest: false,
      settings: { version: 1, title: 'Bench', maxParticipants: ROOM_SIZE },
    })
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer(TICKET_ISSUER)
      .setAudience(TICKET_AUDIENCE)
      .setSubject(`user:${participant}`)
      .setIssuedAt()
      .setExpirationTime('2m')
      .sign(privateKey);
  return {
    child,
    async connect(room) {
      const seat = { participant: id(), instance: id() };
      const socket = io(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders: { origin: webUrl },
        auth: { ticket: await ticket(room, seat.participant), protocol: PROTOCOL_VERSION },
      });
      await opened(socket);
      const reply = (await socket.emitWithAck('join', { instance: seat.instance })) as { ok: boolean };
      if (!reply.ok) throw new Error(`join refused: ${JSON.stringify(reply)}`);
      return { socket, ...seat };
    },
    relay: (from, to) => void from.socket.emit('relay', { to: to.participant, toInstance: to.instance, body: BODY }),
    stop() {
      child.kill('SIGKILL');
      web.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function heap(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    const hear = (message: { heapUsed?: number }): void => {
      if (message.heapUsed === undefined) return;
      child.off('message', hear);
      resolve(message.heapUsed);
    };
    child.on('message', hear);
    child.send('heap');
  });
}

async function seats(server: Server, count: number): Promise<Seat[]> {
  const made: Seat[] = [];
  let room = '';
  for (let i = 0; i < count; i++) {
    if (i % ROOM_SIZE === 0) room = id();
    made.push(await server.connect(room));
  }
  return made;
}

async function heapPerSocket(server: Server): Promise<number> {
  // What the first sockets compile and load is not theirs: after 40 of them V8 was still at it, which counted for 6 kB a socket of ours.
  const warm = await seats(server, 50 * ROOM_SIZE);
  const before = await heap(server.child);
  const idle = await seats(server, IDLE_SOCKETS);
  const after = await heap(server.child);
  for (const { socket } of [...warm, ...idle]) socket.disconnect();
  return (after - before) / IDLE_SOCKETS / 1_024;
}

interface Rates {
  readonly perSecond: number;
  /** Milliseconds from one browser to the other. */
  readonly p50: number;
  readonly p99: number;
}

/** Every pair keeps a window of messages on the way until it has sent its share. */
async function throughput(server: Server): Promise<Rates> {
  const all = await seats(server, PAIRS * 2);
  const latencies: number[] = [];
  const began = performance.now();
  const pairs = all.filter((_, i) => i % 2 === 0).map((from, i) => ({ from, to: all[i * 2 + 1] as Seat }));
  await Promise.all(
    pairs.map(
      ({ from, to }) =>
        new Promise<void>((resolve) => {
          const sent: number[] = [];
          let received = 0;
          const send = (): void => {
            if (sent.length >= MESSAGES_PER_PAIR) return;
            sent.push(performance.now());
            server.relay(from, to);
          };
          to.socket.on('relay', () => {
            latencies.push(performance.now() - (sent[received] ?? 0));
            received++;
            if (received === MESSAGES_PER_PAIR) resolve();
            else send();
          });
          for (let i = 0; i < WINDOW; i++) send();
        }),
    ),
  );
  const perSecond = (PAIRS * MESSAGES_PER_PAIR) / ((performance.now() - began) / 1_000);
  for (const { socket } of all) socket.disconnect();
  return { perSecond, p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

/** Middle figures of several rounds, the servers taking turns: what else the machine does falls on both. */
async function throughputs(servers: readonly [Server, Server]) {
  const rounds: [Rates[], Rates[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const side of [0, 1] as const) {
      const rates = await throughput(servers[side]);
      if (round > 0) rounds[side].push(rates); // the first round measures the compiler
    }
  }
  return rounds.map((side) => ({
    perSecond: median(side.map((r) => r.perSecond)),
    p50: median(side.map((r) => r.p50)),
    p99: median(side.map((r) => r.p99)),
  })) as [Rates, Rates];
}

const servers = [await startBare(), await startParley()] as const;
const heapKb = [await heapPerSocket(servers[0]), await heapPerSocket(servers[1])] as const;
const [bare, parley] = await throughputs(servers);
for (const server of servers) server.stop();
print('signal', [
  row({
    ...{
      what: `relayed messages (median of ${ROUNDS} rounds in turn)`,
      unit: '/s',
      parley: parley.perSecond,
      bare: bare.perSecond,
    },
    ...{ target: '>= 0.6 x bare', met: (_, ratio) => ratio >= 0.6 },
  }),
  row({ what: 'relay p50', unit: 'ms', parley: parley.p50, bare: bare.p50, target: 'none set', met: () => true }),
  row({ what: 'relay p99', unit: 'ms', parley: parley.p99, bare: bare.p99, target: 'none set', met: () => true }),
  row({
    ...{ what: 'heap per idle joined socket', unit: 'kB', parley: heapKb[1], bare: heapKb[0] },
    ...{ target: '<= 2 x bare', met: (_, ratio) => ratio <= 2 },
  }),
]);
process.exit(0);
