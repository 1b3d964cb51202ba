import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLog, supervise } from './supervise.mjs';

const dataDir = mkdtempSync(join(tmpdir(), 'parley-supervise-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a service that is killed comes back, and one that is stopped does not', async () => {
  const pids = [];
  let told = () => {};
  const next = (wanted) =>
    new Promise((resolve) => {
      told = () => wanted(pids.at(-1)) && resolve(pids.at(-1));
      told();
    });
  const service = supervise({
    name: 'sleeper',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    env: { PATH: process.env.PATH },
    dataDir,
    onPid(_name, pid) {
      pids.push(pid);
      told();
    },
  });
  const first = await next((pid) => typeof pid === 'number');
  process.kill(first, 'SIGKILL');
  expect(statSync(join(dataDir, 'logs', 'sleeper.log')).mode & 0o777).toBe(0o600);
  const second = await next((pid) => typeof pid === 'number' && pid !== first);
  expect(second).not.toBe(first);
  await service.stop();
  expect(pids.at(-1)).toBeNull();
  expect(() => process.kill(second, 0)).toThrow();
});

function lives(pid) {
  try {
    // Killed and not yet waited for, it is listed as a zombie.
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false;
  }
}

test('a service whose guard is killed ends too, and comes back', async () => {
  const pids = [];
  const service = supervise({
    name: 'unguarded',
    command: process.execPath,
    args: ['-e', 'console.log(process.ppid); setInterval(() => {}, 1000)'],
    env: { PATH: process.env.PATH },
    dataDir,
    onPid: (_name, pid) => pids.push(pid),
  });
  const said = () => readFileSync(join(dataDir, 'logs', 'unguarded.log'), 'utf8').trim();
  await expect.poll(said).not.toBe('');
  await expect.poll(() => pids).toHaveLength(1);
  const [first] = pids;
  process.kill(Number(said()), 'SIGKILL');
  await expect.poll(() => pids).toEqual([first, null, expect.any(Number)]);
  await expect.poll(() => lives(first)).toBe(false);
  await service.stop();
});

test('a service that reads a wrong variable is not started again, and its sentence is told', async () => {
  const pids = [];
  const service = supervise({
    name: 'misled',
    command: process.execPath,
    args: ['-e', `console.log('Starting'); console.error('\\nLOG_LEVEL is wrong.'); process.exitCode = 78`],
    env: { PATH: process.env.PATH },
    dataDir,
    onPid: (_name, pid) => pids.push(pid),
  });
  await expect(service.refusal).rejects.toThrow(/^LOG_LEVEL is wrong\.$/);
  // Longer than the first wait.
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(pids).toEqual([expect.any(Number), null]);
  await service.stop();
});

test('a log that cannot be written ends nothing, and goes on when it can be again', () => {
  const file = join(dataDir, 'logs', 'full.log');
  mkdirSync(file, { recursive: true });
  const log = openLog(dataDir, 'full');
  log('lost');
  rmSync(file, { recursive: true });
  log('kept');
  expect(readFileSync(file, 'utf8')).toBe('kept');
});
