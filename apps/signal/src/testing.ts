import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TakePermitClaims, TicketClaims } from '@parley/protocol/ticket';
import { TAKE_PERMIT_AUDIENCE, TICKET_AUDIENCE, TICKET_ISSUER, TICKET_LIFETIME_S } from '@parley/protocol/ticket';
import { SignJWT } from 'jose';
import pino, { type Logger } from 'pino';
import { type Clock, systemClock } from './clock';
import { type SignalServer, startServer } from './server';
import { keyId } from './tickets';

/** The pages' origin in tests. */
export const TEST_ORIGIN = 'http://localhost:3000';
export const TEST_REPORT_SECRET = 'report-secret-of-the-tests-alone';

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: number;
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(now = Date.now()) {
    this.#now = now;
  }
  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }
  /** Runs everything that is due within `ms`, in order of time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}

/** A pair of ticket keys, and what web makes with them. */
export class TestKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly kid: string;
  /** As in TICKET_PUBLIC_KEY. */
  readonly encoded: string;

  constructor() {
    this.privateKey = generateKeyPairSync('ed25519').privateKey;
    this.publicKey = createPublicKey(this.privateKey);
    this.kid = keyId(this.publicKey);
    this.encoded = Buffer.from(this.publicKey.export({ type: 'spki', format: 'pem' })).toString('base64');
  }

  /** Any claims, as they are given. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', kid: this.kid }).sign(this.privateKey);
  }
}

/** A fresh identifier that fits participants, instances, meetings and takes. */
export const testId = (): string => randomBytes(12).toString('base64url');

export interface TicketWishes extends Partial<Omit<TicketClaims, 'settings'>> {
  readonly settings?: Partial<TicketClaims['settings']>;
}

/** Claims of a good ticket: a signed-in participant named "Ada", unless wished otherwise. */
export function ticketClaimsOf({ settings, ...wishes }: TicketWishes, now: number): TicketClaims {
  const iat = Math.floor(now / 1_000);
  return {
    iss: TICKET_ISSUER,
    aud: TICKET_AUDIENCE,
    sub: `user:${testId()}`,
    meeting: 'meeting-of-the-test',
    participant: testId(),
    name: wishes.guest ? null : 'Ada',
    role: 'participant',
    guest: false,
    iat,
    exp: iat + TICKET_LIFETIME_S,
    ...wishes,
    settings: { version: 1, title: 'A meeting', maxParticipants: 100, ...settings },
  };
}

export interface StartOptions {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly keys?: TestKeys;
  readonly clock?: Clock;
  readonly maxParticipants?: number;
  readonly webUrl?: string;
  readonly stunUrls?: readonly string[];
  readonly turnUrls?: readonly string[];
  readonly turnSecret?: string;
  readonly compactBytes?: number;
  readonly logLevel?: string;
  /** Instead of one of `logLevel` to standard output; for signal inside this process. */
  readonly logger?: Logger;
}

/** A running signal with what a test needs of web's part. */
export interface TestSignal {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly keys: TestKeys;
  mintTicket(wishes?: TicketWishes): Promise<string>;
  /** For `start-take`. `participant` is who may start it. */
  mintPermit(wishes: Partial<TakePermitClaims> & Pick<TakePermitClaims, 'participant'>): Promise<string>;
  /** As on SIGTERM. */
  stop(): Promise<void>;
  /** As by SIGKILL: lines are cut, nothing more is written. Start again with the same `dataDir`, `port` and `keys`. */
  kill(): Promise<void>;
}

const freshFolder = (): string => mkdtempSync(path.join(tmpdir(), 'parley-signal-'));
/** Nobody listens there: reports wait. */
const NO_WEB = 'http://127.0.0.1:9';

function minting(keys: TestKeys, clock: Clock) {
  return {
    mintTicket: (wishes: TicketWishes = {}) => keys.sign(ticketClaimsOf(wishes, clock.now())),
    mintPermit: (wishes: Partial<TakePermitClaims> & Pick<TakePermitClaims, 'participant'>) => {
      const iat = Math.floor(clock.now() / 1_000);
      return keys.sign({
        iss: TICKET_ISSUER,
        aud: TAKE_PERMIT_AUDIENCE,
        meeting: 'meeting-of-the-test',
        take: testId(),
        destination: 'server',
        iat,
        exp: iat + TICKET_LIFETIME_S,
        ...wishes,
      });
    },
  };
}

/** Signal inside this process, on a free port, with fresh keys and a fresh folder unless given. */
export async function startSignal(options: StartOptions = {}): Promise<TestSignal & { readonly server: SignalServer }> {
  const { keys = new TestKeys(), clock = systemClock, dataDir = freshFolder() } = options;
  const server = await startServer({
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    origins: [TEST_ORIGIN],
    webUrl: options.webUrl ?? NO_WEB,
    dataDir,
    ticketPublicKey: keys.encoded,
    reportSecret: TEST_REPORT_SECRET,
    ice: { stunUrls: options.stunUrls ?? [], turnUrls: options.turnUrls ?? [], turnSecret: options.turnSecret },
    maxParticipants: options.maxParticipants ?? 100,
    trustedProxies: 1,
    clock,
    logger: options.logger ?? pino({ level: options.logLevel ?? 'silent' }),
    ...(options.compactBytes === undefined ? {} : { compactBytes: options.compactBytes }),
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    dataDir,
    keys,
    server,
    ...minting(keys, clock),
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}

/** The real main.ts as a process of its own; `kill` is SIGKILL. */
export async function spawnSignal(
  options: StartOptions = {},
): Promise<TestSignal & { readonly process: ChildProcess }> {
  const { keys = new TestKeys(), dataDir = freshFolder() } = options;
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      SIGNAL_PORT: String(options.port ?? 0),
      SIGNAL_HOST: options.host ?? '127.0.0.1',
      WEB_URL: TEST_ORIGIN,
      WEB_INTERNAL_URL: options.webUrl ?? NO_WEB,
      DATA_DIR: dataDir,
      TICKET_PUBLIC_KEY: keys.encoded,
      REPORT_SECRET: TEST_REPORT_SECRET,
      MESH_MAX_PARTICIPANTS: String(options.maxParticipants ?? 50),
      LOG_LEVEL: options.logLevel ?? 'silent',
    },
  });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    void exited.then(() => reject(new Error(`Signal ended before it was ready, with code ${child.exitCode}.`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    keys,
    process: child,
    ...minting(keys, systemClock),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
