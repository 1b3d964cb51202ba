import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { guardPath, run } from './run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('what a command says and how it ends is told', async () => {
  const says = (code) => ['-e', `console.log('out'); console.error('err'); process.exitCode = ${code}`];
  expect(await run(process.execPath, says(0))).toEqual({
    code: 0,
    output: expect.stringMatching(/out[^]*err|err[^]*out/),
  });
  expect(await run(process.execPath, says(3), { mayFail: true })).toMatchObject({ code: 3 });
  await expect(run(process.execPath, says(3))).rejects.toThrow(/out[^]*ended with code 3/);
  await expect(run('no-such-command-here', [])).rejects.toThrow(/no-such-command-here/);
});

test('an interruption ends a command and tells so, also of one that had not begun', async () => {
  const interrupted = new AbortController();
  const sleeps = ['-e', `console.log('on'); setInterval(() => {}, 1000)`];
  const running = run(process.execPath, sleeps, { mayFail: true, signal: interrupted.signal });
  setTimeout(() => interrupted.abort(), 300);
  await expect(running).rejects.toThrow('Interrupted');
  await expect(run(process.execPath, sleeps, { signal: interrupted.signal })).rejects.toThrow('Interrupted');
});

test('a parent that vanishes while the guard itself comes up leaves nothing running', async () => {
  const longer = ['-e', 'setTimeout(() => {}, 60_000)'];
  const vanishAfter = async (milliseconds) => {
    const guard = spawn(process.execPath, [guardPath, 'SIGTERM', process.execPath, ...longer], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    await sleep(milliseconds);
    guard.disconnect();
    // Whoever still ran would hold the pipe open.
    await once(guard.stdout.resume(), 'end', { signal: AbortSignal.timeout(30_000) });
  };
  await Promise.all([0, 15, 30, 45, 60, 90].map(vanishAfter));
}, 40_000);

test('a killed parent takes along what it ran, and what that had started', async () => {
  const pids = join(folder, 'pids');
  // As the front of turbo does: it waits for another program and says nothing to it when it is ended.
  const front = `
    const { spawn } = require('node:child_process');
    const back = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + back.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { run } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)};
     await run(process.execPath, ['-e', ${JSON.stringify(front)}]);`,
  ]);
  await until(() => existsSync(pids) && readFileSync(pids, 'utf8').includes(' '));
  const ran = readFileSync(pids, 'utf8').split(' ').map(Number);
  expect(ran.every(alive)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await until(() => !ran.some(alive));
});
