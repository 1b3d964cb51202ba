import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from './migrate';
import { createTestDatabase, type TestDatabase } from './testing';

const NO_FILTERS = { externalTables: [], externalEnums: [] };
const made: TestDatabase[] = [];
afterAll(() => Promise.all(made.map((database) => database.drop())));

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase({ migrated: false });
  made.push(database);
  return database.url;
}

/** Prisma's own schema engine, compiled to WebAssembly: no download, no child process. Once: the bindings keep views of the first memory. */
beforeAll(async () => {
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await WebAssembly.compile(await readFile(path.replace(/\.js$/u, '.wasm')));
  const { exports } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': engineBindings });
  const bindings = engineBindings as typeof engineBindings & { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  bindings.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
});

function engineOf(databaseUrl: string): Promise<engineBindings.SchemaEngine> {
  // In parts, never as a connection string: pg lets that win over the name of the engine's shadow database.
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg({
      host: hostname,
      port: Number(port),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: pathname.slice(1),
    }),
  );
  return engineBindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

/** What Prisma itself would create for schema.prisma. */
async function sqlOfSchema(databaseUrl: string): Promise<string> {
  const engine = await engineOf(databaseUrl);
  const content = await readFile(new URL('schema.prisma', import.meta.url), 'utf8');
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
    script: true,
    exitCode: null,
    filters: NO_FILTERS,
  });
  return stdout ?? '';
}

/** What `prisma migrate status` says of a database. */
async function migrateStatus(databaseUrl: string) {
  const engine = await engineOf(databaseUrl);
  const folder = new URL('migrations/', import.meta.url);
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const directories = names.map(async ({ name }) => {
    const value = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8');
    return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
  });
  return engine.diagnoseMigrationHistory({
    migrationsList: {
      baseDir: fileURLToPath(folder),
      lockfile: {
        path: 'migration_lock.toml',
        content: await readFile(new URL('migration_lock.toml', folder), 'utf8'),
      },
      shadowDbInitScript: '',
      migrationDirectories: await Promise.all(directories),
    },
    optInToShadowDatabase: false,
    filters: NO_FILTERS,
  });
}

/** Everything about the tables that a query can tell, one line each. */
const CATALOGUE = `
SELECT format('column %s.%s %s%s default %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, pg_get_expr(d.adbin, d.adrelid)) AS line
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relname <> '_prisma_migrations'
UNION ALL
SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('_prisma_migrations'), 0)
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
UNION ALL
SELECT format('enum %s %s', typname, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
FROM pg_type t WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace
ORDER BY 1`;

async function catalogue(url: string, sql = ''): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
    return (await client.query<{ line: string }>(CATALOGUE)).rows.map((row) => row.line);
  } finally {
    await client.end();
  }
}

it('keeps schema and migrations together: no drift', async () => {
  const [migrated, drawn] = await Promise.all([emptyDatabase(), emptyDatabase()]);
  await migrate({ databaseUrl: migrated });
  const ofMigrations = await catalogue(migrated);
  const ofSchema = await catalogue(drawn, await sqlOfSchema(drawn));
  expect(ofSchema.length).toBeGreaterThan(50);
  expect(ofMigrations).toEqual(ofSchema);
});

it("keeps Prisma's own table as Prisma reads it: up to date, nothing edited, nothing failed", async () => {
  const databaseUrl = await emptyDatabase();
  const before = await migrateStatus(databaseUrl);
  const applied = await migrate({ databaseUrl });
  expect(before.history).toEqual({ diagnostic: 'databaseIsBehind', unappliedMigrationNames: applied });
  expect(await migrateStatus(databaseUrl)).toEqual({
    hasMigrationsTable: true,
    history: null,
    editedMigrationNames: [],
    failedMigrationNames: [],
  });
});
