import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openDatabase } from './database.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());

test('for a database that is given nothing is started, and nothing kept', async () => {
  const given = 'postgresql://parley:secret@db.example.org:5432/parley';
  const { url, stop } = await openDatabase({ dataDir: folder, given });
  expect(url).toBe(given);
  expect(readdirSync(folder)).toEqual([]);
  await stop();
});

const dataDir = join(folder, 'own');
const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
/** The server's pid; null where none runs or it has only begun to write the file. */
const pid = () => (existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8').split('\n')[0])) || null;

async function openOwn() {
  mkdirSync(join(dataDir, 'keys'), { recursive: true });
  const { url, stop } = await openDatabase({ dataDir, given: '' });
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
  return { answer, stop };
}

test('else our own is started, comes back when it is killed, and ends for good when it is stopped', async () => {
  const { answer, stop } = await openOwn();
  expect(await answer()).toBe(7);
  const killed = pid();
  process.kill(killed, 'SIGKILL');
  await expect.poll(() => pid() !== killed && pid() !== null, { timeout: 60_000 }).toBe(true);
  await expect.poll(answer, { timeout: 60_000 }).toBe(7);
  await stop();
  expect(existsSync(pidFile)).toBe(false);
  expect(await answer()).toBeNull();
}, 180_000);

test('stopped after its guard was killed, it ends all the same', async () => {
  const { answer, stop } = await openOwn();
  const guard = execFileSync('ps', ['-o', 'ppid=', '-p', String(pid())], { encoding: 'utf8' });
  process.kill(Number(guard), 'SIGKILL');
  await stop();
  expect(existsSync(pidFile)).toBe(false);
  expect(await answer()).toBeNull();
}, 180_000);

const whenTold = () =>
  expect
    .poll(() => console.log.mock.calls.flat(), { interval: 5, timeout: 60_000 })
    .toContain('PostgreSQL ended and is started again.');
const whenBegun = (killed) =>
  expect.poll(() => pid() !== killed && pid() !== null, { interval: 5, timeout: 60_000 }).toBe(true);

test.each([
  ['before the next start has begun', whenTold],
  ['while it comes up again', whenBegun],
])(
  'stopped after a kill, %s, it ends all the same',
  async (_, moment) => {
    vi.spyOn(console, 'log').mockReturnValue();
    const { answer, stop } = await openOwn();
    const killed = pid();
    process.kill(killed, 'SIGKILL');
    await moment(killed);
    await stop();
    // Longer than the first wait and a start.
    await sleep(2_000);
    expect(pid() === killed || pid() === null).toBe(true);
    expect(await answer()).toBeNull();
  },
  180_000,
);
