import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from './database.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('for a database that is given nothing is started, and nothing kept', async () => {
  const given = 'postgresql://parley:secret@db.example.org:5432/parley';
  const { url, stop } = await openDatabase({ dataDir: folder, given });
  expect(url).toBe(given);
  expect(readdirSync(folder)).toEqual([]);
  await stop();
});

test('else our own is started, comes back when it is killed, and ends for good when it is stopped', async () => {
  const dataDir = join(folder, 'own');
  mkdirSync(join(dataDir, 'keys'), { recursive: true });
  const { url, stop } = await openDatabase({ dataDir, given: '' });
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const pid = () => readFileSync(pidFile, 'utf8').split('\n')[0];
  const answer = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query('SELECT 7 AS n')).rows[0].n;
    } catch {
      return null;
    } finally {
      await client.end().catch(() => {});
    }
  };
  expect(await answer()).toBe(7);
  const killed = pid();
  process.kill(Number(killed), 'SIGKILL');
  await expect.poll(() => existsSync(pidFile) && pid() !== killed, { timeout: 60_000 }).toBe(true);
  await expect.poll(answer, { timeout: 60_000 }).toBe(7);
  await stop();
  expect(existsSync(pidFile)).toBe(false);
  expect(await answer()).toBeNull();
}, 180_000);
