import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
// @boundaries-ignore the tests' server is the one that `npm start` runs
import { startPostgres } from '../scripts/postgres.mjs';
// @boundaries-ignore likewise
import { freePort } from '../scripts/settings.mjs';
import { migrate } from './migrate';

interface Running {
  readonly template: string;
  stop(): Promise<void>;
}

/**
 * Vitest's global setup: one PostgreSQL for the whole run, started when the first test file asks for a database (testing.ts), so that
 * a run without one pays nothing. With TEST_DATABASE_URL (a server and a user that may make databases) that server is used instead.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let running: Promise<Running> | undefined;
  const server = createServer((_request, response) => {
    running ??= start();
    running.then(
      ({ template }) => response.end(template),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provide('testDatabaseServer', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await (await running)?.stop();
  };
}

async function start(): Promise<Running> {
  const given = process.env.TEST_DATABASE_URL;
  const { url, stop } = given ? { url: given, stop: () => Promise.resolve() } : await startOwn();
  const template = new URL(url);
  template.pathname = `/parley_template_${process.pid}`;
  await migrate({ databaseUrl: template.href });
  return {
    template: template.href,
    stop: async () => {
      if (given) await dropDatabase(template.href);
      await stop();
    },
  };
}

async function startOwn(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const { url, stop } = await startOnFreePort(folder);
  return {
    url,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startOnFreePort(folder: string, tries = 5): ReturnType<typeof startPostgres> {
  try {
    return await startPostgres({
      dataDir: join(folder, 'postgres'),
      port: Number(await freePort()),
      passwordFile: join(folder, 'password'),
      durable: false,
      guard: fileURLToPath(new URL('../scripts/guard.mjs', import.meta.url)),
    });
  } catch (error) {
    // The port was free before the data folder was made: seconds later another test may listen there.
    if (tries === 1 || !/address already in use/iu.test(String(error))) throw error;
    return startOnFreePort(folder, tries - 1);
  }
}

async function dropDatabase(url: string): Promise<void> {
  const admin = new URL(url);
  const name = admin.pathname.slice(1);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  await client.end();
}
