import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { migrate, MigrationError } from './migrate';
import { createTestDatabase, type TestDatabase } from './testing';

const ours = fileURLToPath(new URL('migrations', import.meta.url));
const made: TestDatabase[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((database) => database.drop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase({ migrated: false });
  made.push(database);
  return database.url;
}

/** The real migrations and one more. */
async function withMigration(name: string, sql: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-migrations-'));
  folders.push(folder);
  await cp(ours, folder, { recursive: true });
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
  return folder;
}

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('applies every migration once and records it as Prisma does', async () => {
  const databaseUrl = await emptyDatabase();
  const first = await migrate({ databaseUrl });
  expect(first[0]).toBe('0001_first');
  expect(await migrate({ databaseUrl })).toEqual([]);

  const recorded = await rows(databaseUrl, 'SELECT * FROM _prisma_migrations ORDER BY migration_name');
  const sql = await readFile(join(ours, '0001_first/migration.sql'));
  expect(recorded).toHaveLength(first.length);
  expect(recorded[0]).toMatchObject({
    migration_name: '0001_first',
    checksum: createHash('sha256').update(sql).digest('hex'),
    applied_steps_count: 1,
    rolled_back_at: null,
    logs: null,
  });
  expect(recorded[0]?.finished_at).toBeInstanceOf(Date);
});

it('makes the database when it is missing, also when four processes start at once', async () => {
  const url = new URL(await emptyDatabase());
  url.pathname = `${url.pathname}_missing`;
  const done = await Promise.all([1, 2, 3, 4].map(() => migrate({ databaseUrl: url.href })));
  expect(done.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await rows(url.href, 'SELECT 1 FROM "Meeting"')).toEqual([]);
  const server = new URL(url);
  server.pathname = '/postgres';
  await rows(server.href, `DROP DATABASE "${url.pathname.slice(1)}"`);
});

it('leaves nothing of a migration that fails, and goes on from there once it is mended', async () => {
  const databaseUrl = await emptyDatabase();
  const broken = await withMigration('9001_broken', 'CREATE TABLE half (id int); SELECT 1 / 0;');
  await expect(migrate({ databaseUrl, folder: broken })).rejects.toThrow(
    /9001_broken failed and changed nothing: division by zero/u,
  );
  expect(await rows(databaseUrl, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);

  // Not even when all of it works but it cannot be recorded.
  const unrecorded = `CREATE TABLE half (id int);
    ALTER TABLE _prisma_migrations ADD CHECK (migration_name <> '9001_broken') NOT VALID;`;
  await writeFile(join(broken, '9001_broken/migration.sql'), unrecorded);
  await expect(migrate({ databaseUrl, folder: broken })).rejects.toThrow(/9001_broken failed/u);
  expect(await rows(databaseUrl, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);

  await writeFile(join(broken, '9001_broken/migration.sql'), 'CREATE TABLE whole (id int);');
  expect(await migrate({ databaseUrl, folder: broken })).toEqual(['9001_broken']);
});

it('says when a migration was changed after it was applied, and when the database is newer', async () => {
  const databaseUrl = await emptyDatabase();
  const folder = await withMigration('9001_more', 'SELECT 1;');
  await migrate({ databaseUrl, folder });
  await writeFile(join(folder, '9001_more/migration.sql'), 'SELECT 2;');
  const lines: string[] = [];
  await migrate({ databaseUrl, folder, log: (line) => lines.push(line) });
  await migrate({ databaseUrl, log: (line) => lines.push(line) });
  expect(lines).toEqual([
    'Migration 9001_more was changed after it was applied to this database.',
    'The database has migration 9001_more, which this version does not know: is it newer?',
  ]);
});

it('refuses to go on after a migration that another tool left unfinished', async () => {
  const databaseUrl = await emptyDatabase();
  await migrate({ databaseUrl });
  await rows(databaseUrl, 'UPDATE _prisma_migrations SET finished_at = NULL');
  await expect(migrate({ databaseUrl })).rejects.toThrow(/did not finish/u);
});

it.each([
  ['postgresql://a:b@127.0.0.1:9/x', /at 127\.0\.0\.1:9 cannot be reached .*Is it running/u],
  ['postgresql://a:b@127.0.0.1:9/', /must look like/u],
  ['nonsense', /must look like/u],
])('says in a sentence why %s cannot be migrated', async (databaseUrl, sentence) => {
  const migrated = migrate({ databaseUrl });
  await expect(migrated).rejects.toThrow(sentence);
  await expect(migrated).rejects.toBeInstanceOf(MigrationError);
});

it('names a refused password', async () => {
  const url = new URL(await emptyDatabase());
  url.password = 'wrong';
  await expect(migrate({ databaseUrl: url.href })).rejects.toThrow(/refuses the user or password/u);
});
