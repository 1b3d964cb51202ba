import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** The number Prisma's own schema engine locks while it migrates: whoever comes second waits, whichever of the two it is. */
const ADVISORY_LOCK = 72_707_369;
const CONNECT_TIMEOUT_MS = 10_000;

/** Prisma's own table, column for column, so that its command line agrees with what was done here. */
const LEDGER = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/** A migration could not be done; the message says why and what to do, for the person who started the program. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex: Prisma's checksum. */
  readonly checksum: string;
}

export interface MigrateOptions {
  /** postgresql://user:password@host:port/name; the database is made when it is missing. */
  readonly databaseUrl: string;
  /** One line per thing done. */
  readonly log?: (line: string) => void;
  /** Folder of the migrations; the one beside this file unless told otherwise. */
  readonly folder?: string;
}

/**
 * Brings the database up to the schema: applies the migrations it has not seen, in the order of their names, each in a
 * transaction of its own, recorded as Prisma records them. Needs no schema engine. Several processes may call it at once.
 * @returns names of the migrations applied now
 * @throws MigrationError when the server cannot be reached, refuses us, or a migration fails (which then changed nothing)
 */
export async function migrate({ databaseUrl, log = () => undefined, folder }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder ?? fileURLToPath(new URL('migrations', import.meta.url)));
  await ensureDatabase(databaseUrl, log);
  const client = await connect(databaseUrl);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await applyMissing(client, migrations, log);
  } finally {
    // The lock is the session's: it falls with the connection, even when this process is killed.
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(folder, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[], log: (line: string) => void) {
  await client.query(LEDGER);
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed)
    throw new MigrationError(
      `Migration ${failed.migration_name} was begun by another tool and did not finish. Mend the database, then mark it with "prisma migrate resolve".`,
    );
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied.keys())
    if (!known.has(name)) log(`The database has migration ${name}, which this version does not know: is it newer?`);

  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) {
      await applyOne(client, migration);
      done.push(migration.name);
      log(`Applied migration ${migration.name}`);
    } else if (checksum !== migration.checksum) {
      log(`Migration ${migration.name} was changed after it was applied to this database.`);
    }
  }
  return done;
}

async function applyOne(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, $4, 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new MigrationError(`Migration ${name} failed and changed nothing: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function ensureDatabase(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const name = databaseName(databaseUrl);
  try {
    const probe = await connect(databaseUrl);
    await probe.end();
    return;
  } catch (error) {
    if (!(error instanceof MigrationError) || !isCode(error.cause, '3D000')) throw error;
  }
  const admin = new URL(databaseUrl);
  admin.pathname = '/postgres';
  const client = await connect(admin.href);
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    log(`Made database ${name}`);
  } catch (error) {
    // 42P04 duplicate_database, 23505 unique_violation: another process made it in the same moment.
    if (!isCode(error, '42P04') && !isCode(error, '23505'))
      throw new MigrationError(
        `Database "${name}" does not exist and could not be made: ${(error as Error).message}. Make it, or let this user make databases.`,
        { cause: error },
      );
  } finally {
    await client.end();
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks between two queries fails the next query; this event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new MigrationError(whyNoConnection(databaseUrl, error), { cause: error });
  }
}

function whyNoConnection(databaseUrl: string, error: unknown): string {
  const { host } = new URL(databaseUrl);
  const code = (error as { code?: string }).code;
  const message = (error as Error).message || code || 'no reason given';
  if (code === '28P01' || code === '28000')
    return `PostgreSQL at ${host} refuses the user or password of DATABASE_URL: ${message}.`;
  if (code === '3D000') return `PostgreSQL at ${host} has no database "${databaseName(databaseUrl)}".`;
  return `PostgreSQL at ${host} cannot be reached (${message}). Is it running, and does DATABASE_URL name the right host and port?`;
}

function databaseName(databaseUrl: string): string {
  const name = URL.canParse(databaseUrl) ? decodeURIComponent(new URL(databaseUrl).pathname.slice(1)) : '';
  if (!name)
    throw new MigrationError(
      'DATABASE_URL must look like postgresql://user:password@host:5432/name, with the name of a database at its end.',
    );
  return name;
}

const isCode = (error: unknown, code: string): boolean => (error as { code?: string } | undefined)?.code === code;
