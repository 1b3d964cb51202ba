import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers GET with the address of a migrated template database. */
    testDatabaseServer: string;
  }
}

/** A database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Takes the database away at once, whoever is connected: for tests of what happens then, and after the last test. */
  readonly drop: () => Promise<void>;
}

/** Makes an empty, migrated database, a copy of the run's template; `migrated: false` gives one without any table. */
export async function createTestDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const response = await fetch(inject('testDatabaseServer'));
  const template = await response.text();
  if (!response.ok) throw new Error(`There is no PostgreSQL for tests: ${template}`);
  const name = `parley_test_${randomUUID().replaceAll('-', '')}`;
  const from = migrated ? ` TEMPLATE ${pg.escapeIdentifier(new URL(template).pathname.slice(1))}` : '';
  await onServer(template, `CREATE DATABASE ${pg.escapeIdentifier(name)}${from}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => onServer(template, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  };
}

async function onServer(template: string, sql: string): Promise<void> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
