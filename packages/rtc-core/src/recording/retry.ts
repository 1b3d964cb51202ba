import * as z from 'zod/mini';
import type { Platform } from '../platform';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Waits between attempts: longer each time, shorter at once when something went right or the network is back. */
export interface Backoff {
  /** Rejects with the signal's reason when aborted. */
  wait(signal: AbortSignal): Promise<void>;
  reset(): void;
}

export function createBackoff(platform: Platform): Backoff {
  let next = FIRST_WAIT_MS;
  return {
    reset: () => (next = FIRST_WAIT_MS),
    wait(signal) {
      // Half of it by chance, so that a restarted server is not met by everybody at once.
      const ms = next / 2 + (Math.random() * next) / 2;
      next = Math.min(next * 2, LONGEST_WAIT_MS);
      return pause(ms, { platform, signal });
    },
  };
}

/** Resolves after `ms`, or earlier when the browser says that the network is back. */
export function pause(ms: number, { platform, signal }: { platform: Platform; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const free = (): void => {
      platform.clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      globalThis.removeEventListener?.('online', done);
    };
    const done = (): void => (free(), resolve());
    const aborted = (): void => (free(), reject(signal.reason as Error));
    const timer = platform.setTimeout(done, ms);
    signal.addEventListener('abort', aborted);
    // Node, where the tests run, has no such event.
    globalThis.addEventListener?.('online', done);
  });
}

/** What an answer of web means for whoever asked. */
export type Verdict = 'again' | 'refused';

/** Answers that another attempt may change; any other 4xx is a no. */
const PASSING = new Set([408, 409, 423, 425, 429]);

export const verdictOf = (status: number): Verdict =>
  status >= 400 && status < 500 && !PASSING.has(status) ? 'refused' : 'again';

/** Whether a refusal was written by web: a proxy in front of it answers 404 or 403 of its own while web restarts. */
export async function isFromWeb(refusal: Response): Promise<boolean> {
  const body: unknown = await refusal.json().catch(() => null);
  return fromWeb.safeParse(body).success;
}
const fromWeb = z.object({ error: z.object({ code: z.string() }) });
