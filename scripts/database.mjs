import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const stopping = new AbortController();
  const { signal } = stopping;
  const ending = () => signal.aborted || isEnding();
  let current;
  const start = async () => {
    current = await startPostgres({
      dataDir: join(dataDir, 'postgres'),
      port,
      passwordFile: join(dataDir, 'keys', 'postgres'),
      log,
      guard: guardPath,
      signal,
    });
    return current.url;
  };
  const again = async () => {
    say('PostgreSQL ended and is started again.');
    for (let wait = 500; !ending(); wait = Math.min(wait * 2, 10_000)) {
      try {
        await sleep(wait, undefined, { signal });
        await start();
        return;
      } catch (error) {
        if (!ending()) say(`PostgreSQL does not start: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const keepUp = async () => {
    while (!ending()) {
      await current.gone;
      if (!ending()) await again();
    }
  };
  const url = await step('Starting PostgreSQL', start);
  const kept = keepUp();
  // A start may be under way: it ends as well, and is waited for.
  const stop = async () => {
    stopping.abort();
    await kept;
    await current.stop();
  };
  return { url, stop };
}
