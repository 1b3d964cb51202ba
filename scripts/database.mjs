import { join } from 'node:path';
import { guardPath } from './run.mjs';
import { say, step } from './say.mjs';
import { freePort } from './settings.mjs';
import { openLog } from './supervise.mjs';

/**
 * The database that is given, with nothing started for it; else our own under DATA_DIR, started and started again when it ends.
 * @param {{dataDir: string, given?: string, isEnding?: () => boolean}} options `isEnding`: it need not be started again
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function openDatabase({ dataDir, given, isEnding = () => false }) {
  if (given) return { url: given, stop: async () => {} };
  const { startPostgres } = await import('./postgres.mjs');
  const log = openLog(dataDir, 'postgres');
  const port = await freePort();
  let stopped = false;
  let current;
  const ending = () => stopped || isEnding();
  const start = async () => {
    const started = await startPostgres({
      dataDir: join(dataDir, 'postgres'),
      port,
      passwordFile: join(dataDir, 'keys', 'postgres'),
      log,
      guard: guardPath,
    });
    current = started.child;
    current.once('exit', () => {
      if (!ending()) void again();
    });
    return started.url;
  };
  const again = async () => {
    say('PostgreSQL ended and is started again.');
    for (let wait = 500; !ending(); wait = Math.min(wait * 2, 10_000)) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        await start();
        return;
      } catch (error) {
        say(`PostgreSQL does not start: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const url = await step('Starting PostgreSQL', start);
  const stop = async () => {
    stopped = true;
    if (current.exitCode !== null || current.signalCode !== null) return;
    const gone = new Promise((resolve) => current.once('exit', resolve));
    if (current.connected) current.disconnect();
    await gone;
  };
  return { url, stop };
}
