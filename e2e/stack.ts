import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// @boundaries-ignore the names of the variables stand in one place
import { withoutSettings } from '../scripts/settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A port of 127.0.0.1 that nobody has at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      server.close(() => resolve(address.port));
    });
  });
}

/** A whole Parley of its own, started as a person starts it, on free ports and a throw-away data folder. */
export interface Stack {
  readonly webUrl: string;
  readonly signalUrl: string;
  readonly dataDir: string;
  /** Kills a service with SIGKILL; what supervises it starts it again. Gives the pid that was killed. */
  kill(service: 'web' | 'signal'): number;
  /** The pid of a service now, or null while it is away. */
  pid(service: 'web' | 'signal'): number | null;
  stop(): Promise<void>;
}

/** Starts Parley by scripts/start.mjs. `env` adds variables of docs/operations.md. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
  const [web, signal] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: {
      ...withoutSettings(process.env),
      DATA_DIR: dataDir,
      WEB_PORT: String(web),
      SIGNAL_PORT: String(signal),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await readiness(child);
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  return stackAt(dataDir, web, signal, child);
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (data: Buffer): void => {
      said += data.toString();
      if (said.includes('Parley is ready')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`Parley did not start (code ${code}):\n${said}`)));
  });
}

interface RunFile {
  readonly start: number;
  readonly web: number | null;
  readonly signal: number | null;
}

/** A running Parley, found again from another process (Playwright's workers) by its data folder. */
export function stackAt(dataDir: string, webPort: number, signalPort: number, child?: ChildProcess): Stack {
  const pids = (): RunFile => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile;
  return {
    dataDir,
    webUrl: `http://localhost:${webPort}`,
    signalUrl: `http://localhost:${signalPort}`,
    pid: (service) => pids()[service],
    kill(service) {
      const pid = pids()[service];
      if (pid === null) throw new Error(`${service} is not running`);
      process.kill(pid, 'SIGKILL');
      return pid;
    },
    async stop() {
      if (!child) throw new Error('Only who started a stack stops it.');
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
