import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Trouble } from './say.mjs';

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The program that ends what it runs when whoever started it vanishes. */
export const guardPath = join(root, 'scripts', 'guard.mjs');

/** Variables every tool gets: nothing phones home, Prisma looks for no engine (docs/facts.md). */
export const quietTools = {
  CHECKPOINT_DISABLE: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
};

const INTERRUPTED = 'Interrupted.';

/**
 * Runs a command to its end; it ends too when we do, however that happens: an install or a build that went on by itself would
 * get in the way of the next start. `show`: its output goes to the console as it comes; otherwise it is kept and
 * shown only when the command fails. `signal` ends it before its time.
 * @returns {Promise<{code: number, output: string}>} rejects with Trouble on a code other than 0, unless `mayFail`; always when `signal` was aborted
 */
export function run(command, args, { env = {}, show = false, mayFail = false, cwd = root, signal: abort } = {}) {
  return new Promise((resolve, reject) => {
    if (abort?.aborted) throw new Trouble(INTERRUPTED);
    const to = show ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, [guardPath, 'SIGTERM', command, ...args], {
      cwd,
      env: { ...process.env, ...quietTools, ...env },
      stdio: ['ignore', to, to, 'ipc'],
    });
    // A message nobody reads would keep the channel open, and the guard waits for its end.
    child.on('message', () => {});
    // The guard ends the command when the channel closes. After that there is an 'exit' and no 'close'.
    const end = () => {
      child.once('exit', () => reject(new Trouble(INTERRUPTED)));
      child.disconnect();
    };
    abort?.addEventListener('abort', end, { once: true });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', (error) => reject(new Trouble(`"${command}" could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      abort?.removeEventListener('abort', end);
      if (code === 0 || mayFail) resolve({ code: code ?? 1, output });
      else {
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        reject(new Trouble(`${output}\n"${[command, ...args].join(' ')}" ${how}.`));
      }
    });
  });
}

/** The path of a tool that an installed package brings. */
export const tool = (name) => join(root, 'node_modules', '.bin', name);
