import { type ChildProcess, spawn } from 'node:child_process';
import { type KeyObject, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TAKE_PERMIT_AUDIENCE, TICKET_AUDIENCE, TICKET_ISSUER, TICKET_LIFETIME_S } from '@parley/protocol/ticket';
import type { Role } from '@parley/protocol/room-state';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));

/** The real signal in a process of its own, with a data folder that outlives its restarts, and the key that web would hold. */
export interface SignalProcess {
  readonly url: string;
  /** SIGKILL: nothing is said to anybody. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  ticket(who: TicketFor): string;
  permit(who: { participant: string; take: string; meeting?: string }): string;
  /** Ends the process and removes its data. */
  dispose(): Promise<void>;
}

export interface TicketFor {
  readonly participant: string;
  readonly name?: string | null;
  readonly role?: Role;
  readonly meeting?: string;
  /** Seconds; negative is expired already. */
  readonly lifetime?: number;
}

export const MEETING = 'meeting-0001';

export async function startSignalProcess(): Promise<SignalProcess> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parley-session-'));
  const settings = { version: 1, title: 'Standup', maxParticipants: 8 };
  let port = 0;
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const next = spawn(process.execPath, ['--import', 'tsx', 'apps/signal/src/main.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        SIGNAL_PORT: String(port),
        // Nobody listens there: web is away for the whole test, and no seat may suffer from it.
        WEB_URL: 'http://localhost:9',
        DATA_DIR: dataDir,
        TICKET_PUBLIC_KEY: Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })).toString('base64'),
        REPORT_SECRET: 'a secret of these tests and of nobody else',
        LOG_LEVEL: 'error',
      },
    });
    child = next;
    const [message] = (await Promise.race([
      once(next, 'message'),
      once(next, 'exit').then(() => Promise.reject(new Error('signal did not start.'))),
    ])) as [{ port: number }];
    port = message.port;
  };

  const kill = async (): Promise<void> => {
    const last = child;
    child = null;
    if (!last || last.exitCode !== null || last.signalCode !== null) return;
    const gone = once(last, 'exit');
    last.kill('SIGKILL');
    await gone;
  };

  await start();
  const claims = (lifetime: number) => {
    const now = Math.floor(Date.now() / 1_000);
    return { iss: TICKET_ISSUER, iat: lifetime > 0 ? now : now + lifetime - 1, exp: now + lifetime };
  };
  return {
    get url() {
      return `http://localhost:${port}`;
    },
    start,
    kill,
    ticket: ({
      participant,
      name = participant,
      role = 'participant',
      meeting = MEETING,
      lifetime = TICKET_LIFETIME_S,
    }) =>
      jwt(privateKey, publicKey, {
        ...claims(lifetime),
        aud: TICKET_AUDIENCE,
        sub: name === null ? `guest:${participant}` : `user:${participant}`,
        meeting,
        participant,
        name,
        role,
        guest: name === null,
        settings,
      }),
    permit: ({ participant, take, meeting = MEETING }) =>
      jwt(privateKey, publicKey, {
        ...claims(60),
        aud: TAKE_PERMIT_AUDIENCE,
        meeting,
        participant,
        take,
        destination: 'server',
      }),
    async dispose() {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function jwt(privateKey: KeyObject, publicKey: KeyObject, payload: object): string {
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'EdDSA', typ: 'JWT', kid })}.${encode(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}
