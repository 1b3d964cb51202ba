import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './settings.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-postgres-'));
const dataDir = join(folder, 'postgres');
const pidFile = join(dataDir, 'postmaster.pid');
let port;
const started = [];

beforeAll(async () => {
  port = await freePort();
});

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await waitFor(() => serverPid() === null || !alive(serverPid()));
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own that starts the server and then only lives: what a killed `npm start` leaves is seen from outside. */
async function starter({ guard, into = folder, env = process.env }) {
  const module = new URL('./postgres.mjs', import.meta.url).href;
  const options = { dataDir: join(into, 'postgres'), port, passwordFile: join(into, 'password'), durable: true };
  const guardPath = new URL('./guard.mjs', import.meta.url).pathname;
  const script = `
    import { startPostgres } from ${JSON.stringify(module)};
    const { url } = await startPostgres({ ...${JSON.stringify(options)}, guard: ${guard ? JSON.stringify(guardPath) : 'undefined'} });
    console.log('url ' + url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  started.push(child);
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      const match = /url (\S+)/.exec(said);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return { child, url };
}

async function query(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function serverPid() {
  try {
    return Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  } catch {
    return null;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    // A killed process that nobody has waited for is still listed, as a zombie.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function waitFor(condition) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited 20 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function kill(child) {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('a killed parent takes its guarded server along, and what was committed is there again', async () => {
  const { child, url } = await starter({ guard: true });
  await query(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  const pid = serverPid();
  expect(alive(pid)).toBe(true);
  await kill(child);
  await waitFor(() => !alive(pid));
  const again = await starter({ guard: true });
  expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  await kill(again.child);
  await waitFor(() => serverPid() === null);
});

test('a server left behind without a guard is ended and its folder taken over', async () => {
  const { child } = await starter({ guard: false });
  const orphan = serverPid();
  await kill(child);
  expect(alive(orphan)).toBe(true);
  const again = await starter({ guard: true });
  expect(alive(orphan)).toBe(false);
  expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  await kill(again.child);
  await waitFor(() => serverPid() === null);
});

test('a stale postmaster.pid that names a living stranger does not hinder the start, nor hurt the stranger', async () => {
  writeFileSync(pidFile, `${process.pid}\n${dataDir}\n0\n${port}\n\n\n`);
  const { child, url } = await starter({ guard: true });
  expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  await kill(child);
  await waitFor(() => serverPid() === null);
});

/** Root, with the clone where other accounts may go. */
const asRoot = process.getuid?.() === 0 && ancestors(import.meta.dirname).every((path) => statSync(path).mode & 0o001);

function ancestors(path) {
  return path === dirname(path) ? [path] : [path, ...ancestors(dirname(path))];
}

test.runIf(asRoot)('as root it also starts where no user namespace may be made, as in most containers', async () => {
  const into = mkdtempSync(join(tmpdir(), 'parley-postgres-container-'));
  // Without unshare(1), as good as without its leave.
  const { child, url } = await starter({ guard: true, into, env: { PATH: '/nowhere' } });
  expect(await query(url, 'SELECT 7 AS n')).toEqual([{ n: 7 }]);
  expect(statSync(join(into, 'postgres')).mode & 0o777).toBe(0o700);
  await kill(child);
  await waitFor(() => !existsSync(join(into, 'postgres', 'postmaster.pid')));
  rmSync(into, { recursive: true, force: true });
});
