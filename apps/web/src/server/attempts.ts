import pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { env } from './env';

/** Limits on attempts: how many within how many seconds. Counted in PostgreSQL, so that every web node counts together. */
const LIMITS = {
  /** Wrong passwords for one account from one address. */
  'sign-in-pair': { points: 10, duration: 15 * 60 },
  /** Wrong passwords for one account from anywhere. Ten times the above: a stranger must not lock somebody out cheaply. */
  'sign-in-account': { points: 100, duration: 60 * 60 },
  /** Wrong passwords from one address for any account. */
  'sign-in-address': { points: 100, duration: 15 * 60 },
  /** New accounts from one address: an office behind one address may sign up on the same morning. */
  'sign-up-address': { points: 300, duration: 60 * 60 },
  /** Wrong current passwords when changing it. */
  'change-password': { points: 10, duration: 15 * 60 },
} as const;
export type Limit = keyof typeof LIMITS;

interface Counting {
  readonly limiters: ReadonlyMap<Limit, RateLimiterPostgres>;
  readonly pool: pg.Pool;
}

// On globalThis: each of Next's bundles has its own copy of this module.
const shared = globalThis as { parleyAttempts?: Counting | undefined };

function limiter(limit: Limit): RateLimiterPostgres {
  const { limiters } = (shared.parleyAttempts ??= open());
  const found = limiters.get(limit);
  if (!found) throw new Error(`There is no limit "${limit}".`);
  return found;
}

function open(): Counting {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL.unwrap(),
    max: 2,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
  });
  // A broken idle connection is replaced by the pool; unheard, the event would end the process.
  pool.on('error', () => undefined);
  const limiters = new Map(
    (Object.keys(LIMITS) as Limit[]).map((keyPrefix) => [
      keyPrefix,
      new RateLimiterPostgres({
        ...LIMITS[keyPrefix],
        storeClient: pool,
        keyPrefix,
        tableName: 'RateLimit',
        tableCreated: true,
      }),
    ]),
  );
  return { limiters, pool };
}

/** Ends the connections of the counters. */
export async function closeAttempts(): Promise<void> {
  await shared.parleyAttempts?.pool.end();
  shared.parleyAttempts = undefined;
}

/**
 * Counts an attempt.
 * @returns null when it is within the limit, else the seconds to wait
 * @throws when the database is away: nothing is allowed uncounted
 */
export async function countAttempt(limit: Limit, key: string): Promise<number | null> {
  try {
    await limiter(limit).consume(key.slice(0, 200));
    return null;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
    throw refused;
  }
}

/** Takes an attempt back: it was a good one. */
export async function forgiveAttempt(limit: Limit, key: string): Promise<void> {
  await limiter(limit).reward(key.slice(0, 200));
}

/** Forgets all attempts under `key`. */
export async function forgetAttempts(limit: Limit, key: string): Promise<void> {
  await limiter(limit).delete(key.slice(0, 200));
}
