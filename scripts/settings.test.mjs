import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bindAddress, freePort, readSettings, requireFree, serviceEnvironments } from './settings.mjs';
import { holdDataDir } from './single-start.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (env = {}) => readSettings({ DATA_DIR: folder, ...env });

test('secrets are made once, for nobody else to read, and kept', () => {
  const first = read();
  expect(read().secrets).toEqual(first.secrets);
  const keys = join(folder, 'keys');
  for (const file of readdirSync(keys)) expect(statSync(join(keys, file)).mode & 0o777, file).toBe(0o600);
  expect(statSync(keys).mode & 0o777).toBe(0o700);
  expect(new Set(Object.values(first.secrets)).size).toBe(Object.keys(first.secrets).length);
});

test('given secrets are used as they are', () => {
  expect(read({ NEXTAUTH_SECRET: 'mine' }).secrets.NEXTAUTH_SECRET).toBe('mine');
});

test.each([
  [{ WEB_PORT: 'three' }, /WEB_PORT must be a port from 1 to 65535, not "three"/],
  [{ SIGNAL_PORT: '70000' }, /SIGNAL_PORT must be a port/],
  [{ WEB_PORT: '5000', SIGNAL_PORT: '5000' }, /WEB_PORT and SIGNAL_PORT are both 5000/],
  [{ WEB_URL: 'meet.example.org' }, /WEB_URL must be an http or https address/],
  [{ TICKET_PUBLIC_KEY: 'x' }, /TICKET_PRIVATE_KEY and TICKET_PUBLIC_KEY belong together/],
])('%o stops the start with a sentence that names it', (env, sentence) => {
  expect(() => read(env)).toThrow(sentence);
});

test('signal gets neither account secrets nor the database', () => {
  const settings = read();
  const urls = {
    databaseUrl: 'postgresql://u:p@h/d',
    webInternalUrl: 'http://127.0.0.1:1',
    signalInternalUrl: 'http://127.0.0.1:2',
  };
  const { web, signal } = serviceEnvironments(settings, { PATH: '/bin', TURN_SECRET: 'turn', AWS_SECRET: 'no' }, urls);
  const { NEXTAUTH_SECRET, INVITE_SECRET, TICKET_PRIVATE_KEY } = settings.secrets;
  for (const secret of [NEXTAUTH_SECRET, INVITE_SECRET, TICKET_PRIVATE_KEY, urls.databaseUrl, 'no']) {
    expect(Object.values(signal)).not.toContain(secret);
  }
  expect(signal.TURN_SECRET).toBe('turn');
  expect(web.TURN_SECRET).toBeUndefined();
  expect(web.DATABASE_URL).toBe(urls.databaseUrl);
  expect(web.AWS_SECRET).toBeUndefined();
});

test('it listens on this machine alone unless the address names another host', () => {
  expect(bindAddress('http://localhost:3000')).toBe('127.0.0.1');
  expect(bindAddress('https://meet.example.org')).toBe('0.0.0.0');
});

test('a port in use is named together with its variable', async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise((resolve) => other.listen(port, '127.0.0.1', resolve));
  await expect(requireFree(port, 'WEB_PORT', '127.0.0.1')).rejects.toThrow(
    new RegExp(`Port ${port} is in use.*WEB_PORT`),
  );
  await new Promise((resolve) => other.close(resolve));
  await requireFree(port, 'WEB_PORT', '127.0.0.1');
});

test('a second start on the same data folder says where the first one is; after its end the folder is free', async () => {
  const letGo = await holdDataDir(folder, 'http://localhost:3000');
  await expect(holdDataDir(folder, 'http://localhost:3000')).rejects.toThrow(
    /already running.*http:\/\/localhost:3000/,
  );
  letGo();
  const again = await holdDataDir(folder, 'http://localhost:3000');
  again();
});
