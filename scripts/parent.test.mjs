import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('./parent.mjs', import.meta.url).href;
const child = `
  import { whenParentVanishes } from ${JSON.stringify(module)};
  whenParentVanishes(() => process.exit(0));
  console.log('pid ' + process.pid);
  setInterval(() => {}, 1000);`;

/** As npm runs a script: npm, a shell, and the script's own process. Gives the first and the last. */
async function asNpmRuns(event) {
  const npm = `
    import { spawn } from 'node:child_process';
    spawn('sh', ['-c', '"$NODE" --input-type=module -e "$CHILD"; true'], { stdio: 'inherit' });
    setInterval(() => {}, 1000);`;
  const env = {
    PATH: process.env.PATH,
    NODE: process.execPath,
    CHILD: child,
    ...(event ? { npm_lifecycle_event: event } : {}),
  };
  const parent = spawn(process.execPath, ['--input-type=module', '-e', npm], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise((resolve) => {
    parent.stdout.on('data', (data) => {
      const match = /pid (\d+)/.exec(data);
      if (match) resolve(Number(match[1]));
    });
  });
  return { parent, pid };
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.runIf(process.platform === 'linux')('kill -9 of npm ends what npm runs, though its shell lives on', async () => {
  const { parent, pid } = await asNpmRuns('start');
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
});

test('without npm a process outlives its parent', async () => {
  const { parent, pid } = await asNpmRuns(null);
  const gone = new Promise((resolve) => parent.once('exit', resolve));
  parent.kill('SIGKILL');
  await gone;
  // Three looks of the watcher, if there were one.
  for (let look = 0; look < 3; look++) await new Promise((resolve) => setTimeout(resolve, 500));
  expect(alive(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});
