import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { start } from './start';
import { testVariables } from './testing-web';

const before = process.umask();
afterAll(() => process.umask(before));

it('lets nobody else on this machine read what is written from then on', async () => {
  Object.assign(process.env, testVariables());
  start();
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-start-'));
  await writeFile(path.join(folder, 'recording'), 'x');
  expect((await stat(path.join(folder, 'recording'))).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
});
