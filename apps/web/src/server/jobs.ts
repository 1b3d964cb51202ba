import { setTimeout as delay } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { z } from 'zod';
import { env } from './env';
import { log } from './log';

/** What is done later, or outside a request. Each is safe to do twice. */
const jobNames = ['finalise'] as const;
type JobName = (typeof jobNames)[number];

/** A job whose web process says nothing of it for this long is given to another. */
const EXPIRE_S = 60;
/** A running job says that often that it is alive. */
const RENEW_MS = 2_500;
/** Three renewals missed: the process is gone. Looked for at start and from then on, so that nobody waits for EXPIRE_S. */
const ORPHAN_AFTER_S = 10;
const POLL_MS = 500;
const RETRIES = 5;

export interface JobRun {
  /** What the job is about: the key it was asked for under. */
  readonly key: string;
  /** No more tries after this one. */
  readonly lastTry: boolean;
  /** Aborts when the process stops or the job was given to another. */
  readonly signal: AbortSignal;
}

export type JobHandler = (run: JobRun) => Promise<void>;

interface Jobs {
  readonly boss: PgBoss;
  readonly stop: AbortController;
  readonly loops: Promise<void>[];
}

// On globalThis: Next loads this module once for the start of the server and again for its routes.
const shared = globalThis as { parleyJobs?: Jobs };

/**
 * Asks for a job, unless one waits or runs under the same key. A wish may get lost, before the queue has started or
 * beside a job that is about to end: what is due must also be found in the database from time to time.
 */
export async function enqueue(name: JobName, key: string): Promise<void> {
  const jobs = shared.parleyJobs;
  if (!jobs) return;
  const { rows } = await sql(
    `SELECT 1 FROM pgboss.job WHERE name = $1 AND singleton_key = $2 AND state < 'completed' LIMIT 1`,
    [name, key],
    jobs,
  );
  if (rows.length === 0) await jobs.boss.send(name, { key }, { singletonKey: key });
}

/**
 * Opens the queue (its tables are made in the schema `pgboss` when they are missing) and works on it, one job at a time:
 * pg-boss's own worker gives up a job at its expiry however alive it is, so the loop here fetches, renews and completes.
 * @throws when the database is away
 */
export async function openQueue(handlers: Readonly<Record<JobName, JobHandler>>): Promise<void> {
  if (shared.parleyJobs) return;
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL.unwrap(),
    application_name: 'parley-jobs',
    max: 3,
    schedule: false,
    maintenanceIntervalSeconds: 60,
  });
  boss.on('error', (error) => log().warn({ err: error }, 'job queue'));
  try {
    await boss.start();
    for (const name of jobNames) {
      const options = { name, policy: 'short', retryLimit: RETRIES, retryDelay: 1, retryBackoff: true } as const;
      await boss.createQueue(name, { ...options, expireInSeconds: EXPIRE_S });
    }
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw error;
  }
  const stop = new AbortController();
  const jobs: Jobs = { boss, stop, loops: [] };
  shared.parleyJobs = jobs;
  for (const name of jobNames) jobs.loops.push(workOn(jobs, name, handlers[name]));
}

/** Lets go of what runs, so that another process, or this one's next life, goes on with it at once. */
export async function closeQueue(): Promise<void> {
  const jobs = shared.parleyJobs;
  if (!jobs) return;
  delete shared.parleyJobs;
  jobs.stop.abort();
  await Promise.all(jobs.loops);
  await jobs.boss.stop({ graceful: false, wait: true });
}

async function workOn(jobs: Jobs, name: JobName, handler: JobHandler): Promise<void> {
  const { boss, stop } = jobs;
  let lookedForOrphans = 0;
  while (!stop.signal.aborted) {
    try {
      if (Date.now() - lookedForOrphans > RENEW_MS) {
        lookedForOrphans = Date.now();
        await requeueOrphans(jobs, name);
      }
      const [job] = await boss.fetch<unknown>(name, { batchSize: 1, includeMetadata: true });
      if (job) {
        await runJob(jobs, name, job, handler);
        continue;
      }
    } catch (error) {
      if (!stop.signal.aborted) log().warn({ err: error, job: name }, 'job queue is away');
      await pause(2_000, stop.signal);
    }
    await pause(POLL_MS, stop.signal);
  }
}

async function runJob(
  jobs: Jobs,
  name: JobName,
  job: PgBoss.JobWithMetadata<unknown>,
  handler: JobHandler,
): Promise<void> {
  const { key } = z.object({ key: z.string() }).parse(job.data);
  const lost = new AbortController();
  const renewing = renew(jobs, name, job.id, lost);
  const started = Date.now();
  try {
    await handler({
      key,
      lastTry: job.retryCount >= job.retryLimit,
      signal: AbortSignal.any([jobs.stop.signal, lost.signal]),
    });
    await renewing.end();
    if (!lost.signal.aborted) await jobs.boss.complete(name, job.id);
    log().info({ job: name, key, ms: Date.now() - started }, 'job done');
  } catch (error) {
    await renewing.end();
    if (lost.signal.aborted) return;
    log().warn({ err: error, job: name, key, try: job.retryCount + 1 }, 'job failed');
    await jobs.boss.fail(name, job.id, { message: String(error) });
  }
}

/** Keeps a job ours by moving its start forward; aborts `lost` when somebody else has it. */
function renew(jobs: Jobs, name: JobName, id: string, lost: AbortController): { end: () => Promise<void> } {
  const ended = new AbortController();
  let mark: string | null = null;
  const loop = (async () => {
    while (!ended.signal.aborted) {
      try {
        const { rows }: { rows: { mark: string }[] } = await sql(
          `UPDATE pgboss.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active'
             AND ($3::text IS NULL OR started_on::text = $3) RETURNING started_on::text AS mark`,
          [name, id, mark],
          jobs,
        );
        if (!rows[0]) return lost.abort();
        mark = rows[0].mark;
      } catch (error) {
        // The database is away: the next renewal tells whether the job is still ours.
        log().warn({ err: error, job: name }, 'job lease not renewed');
      }
      await pause(RENEW_MS, ended.signal);
    }
  })();
  return {
    end: () => {
      ended.abort();
      return loop;
    },
  };
}

async function requeueOrphans(jobs: Jobs, name: JobName): Promise<void> {
  const { rows } = await sql<{ id: string }>(
    `SELECT id FROM pgboss.job WHERE name = $1 AND state = 'active' AND started_on < now() - $2 * interval '1 second'`,
    [name, ORPHAN_AFTER_S],
    jobs,
  );
  for (const { id } of rows) {
    await jobs.boss.fail(name, id, { message: 'its process ended' });
    log().info({ job: name, id }, 'orphaned job taken up');
  }
}

async function sql<Row>(text: string, values: unknown[], jobs: Jobs): Promise<{ rows: Row[] }> {
  return await jobs.boss.getDb().executeSql(text, values);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
