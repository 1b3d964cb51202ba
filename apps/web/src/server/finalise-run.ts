import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { finaliseMessage, type FinaliseJob, type FinaliseResult } from './finalise';

/** A run that will fail again however often it is tried. */
export class LastingFailure extends Error {
  override readonly name = 'LastingFailure';
}

/** A run that tells of no progress for this long hangs, and every other recording waits behind it. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Runs `job` in a child process.
 *
 * @param signal kills the child and what it has started; the promise then rejects
 * @throws LastingFailure when the bytes hold nothing to play; any other error may pass when it is run again
 */
export function runFinalise(
  job: FinaliseJob,
  onProgress: (ms: number) => void,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<FinaliseResult> {
  const { file, execArgv } = finaliseProgram();
  return new Promise((resolve, reject) => {
    // The program is found when it runs; the bundler must not look for it.
    const child = fork(/* turbopackIgnore: true */ file, [], {
      execArgv,
      // What strangers have uploaded is read there: no secret of ours lies about.
      env: childEnvironment(),
      // A process group of its own, so that ffmpeg goes with it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const kill = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        // Nobody of it is left.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const giveUp = (why: Error): void => {
      reject(why);
      kill();
    };
    const aborted = (): void => giveUp(new Error('the finalise process was stopped', { cause: signal.reason }));
    signal.addEventListener('abort', aborted);
    const hangs = setTimeout(() => giveUp(new Error('the finalise process hangs')), patienceMs);
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2_000)));
    child.on('message', (raw) => {
      hangs.refresh();
      const message = finaliseMessage.parse(raw);
      if (message.type === 'progress') onProgress(message.ms);
      else if (message.type === 'done') resolve(message.result);
      else reject(message.lasting ? new LastingFailure(message.message) : new Error(message.message));
    });
    child.on('error', reject);
    child.on('exit', (code, by) => {
      clearTimeout(hangs);
      signal.removeEventListener('abort', aborted);
      kill();
      reject(new Error(`the finalise process ended early (${by ?? code}) ${complaint}`));
    });
    if (signal.aborted) aborted();
    else child.send(job);
  });
}

const childEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, TMPDIR, TZ, NODE_ENV } = process.env;
  return Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, TZ, NODE_ENV }).filter(([, value]) => value),
  ) as NodeJS.ProcessEnv;
};

/**
 * The child's program: the bundle that `npm run build` leaves in `apps/web/dist`, or the TypeScript source through tsx
 * where nothing was built (development, tests). Next bundles this module, so its own place on disk says nothing: the
 * app's folder is looked for from the working directory upwards. `FINALISE_PROGRAM` overrides it for other packaging.
 */
function finaliseProgram(): { file: string; execArgv: string[] } {
  const given = process.env.FINALISE_PROGRAM;
  if (given) return { file: given, execArgv: [] };
  const web = webFolder();
  const bundle = path.join(web, 'dist/finalise-child.mjs');
  if (process.env.NODE_ENV === 'production' && existsSync(bundle)) return { file: bundle, execArgv: [] };
  return { file: path.join(web, 'src/server/finalise-child.ts'), execArgv: ['--import', 'tsx'] };
}

function webFolder(): string {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    for (const candidate of [folder, path.join(folder, 'apps/web')]) {
      if (isWeb(candidate)) return candidate;
    }
    if (folder === path.dirname(folder)) throw new Error('apps/web was not found from the working directory upwards');
  }
}

function isWeb(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return (manifest as { name?: unknown }).name === '@parley/web';
  } catch {
    return false;
  }
}
