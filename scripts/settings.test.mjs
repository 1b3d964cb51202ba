import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bindAddress, freePort, readSettings, requireFree, serviceEnvironments, withoutSettings } from './settings.mjs';
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

/** What each of `count` processes says that run `script` at the same moment. */
async function atOnce(count, script) {
  const children = Array.from({ length: count }, () =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const at = (name) => new URL(name, ${JSON.stringify(import.meta.url)}).href;
         process.once('message', async () => process.send(await (async () => { ${script} })()));
         const [settings, single] = await Promise.all(['./settings.mjs', './single-start.mjs'].map((name) => import(at(name))));
         process.send('ready');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    ),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const answers = Promise.all(children.map((child) => once(child, 'message').then(([answer]) => answer)));
  for (const child of children) child.send('go');
  const said = await answers;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
  return said;
}

test('starts at the same moment read the same secrets', async () => {
  const dataDir = join(folder, 'first-start-of-many');
  const read = `return JSON.stringify(settings.readSettings({ DATA_DIR: ${JSON.stringify(dataDir)} }).secrets);`;
  const said = await atOnce(4, read);
  expect(new Set(said).size).toBe(1);
  expect(Object.values(JSON.parse(said[0])).every((secret) => secret.length > 20)).toBe(true);
  expect(readdirSync(join(dataDir, 'keys')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('of starts at the same moment one holds the folder, also after a holder was killed', async () => {
  const hold = `return single.holdDataDir(${JSON.stringify(folder)}, 'u').then(() => 'held', (error) => error.message);`;
  for (let round = 0; round < 4; round++) {
    expect(await atOnce(1, hold)).toEqual(['held']);
    expect((await atOnce(4, hold)).filter((said) => said === 'held')).toHaveLength(1);
  }
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

test('what tests start gets none of the variables that lead to an install', () => {
  const urls = { databaseUrl: 'x', webInternalUrl: 'x', signalInternalUrl: 'x' };
  const { web, signal } = serviceEnvironments(read(), { PATH: '/bin', TURN_SECRET: 'x', LOG_LEVEL: 'debug' }, urls);
  const kept = Object.keys(withoutSettings({ ...web, ...signal, WEB_PORT: '1', SIGNAL_PORT: '2' }));
  expect(kept.sort()).toEqual(['NEXTAUTH_URL', 'NEXT_TELEMETRY_DISABLED', 'NODE_ENV', 'PATH']);
});

test('it listens on this machine alone unless the address names another host', () => {
  expect(bindAddress('http://localhost:3000')).toBe('127.0.0.1');
  expect(bindAddress('https://meet.example.org')).toBe('0.0.0.0');
});

const loopbacks = Object.values(networkInterfaces()).flatMap((all) => all.filter(({ internal }) => internal));
test.each(loopbacks.map(({ address }) => address))(
  'a port in use on %s is named together with its variable',
  async (address) => {
    const port = await freePort();
    const other = createServer();
    await new Promise((resolve) => other.listen(port, address, resolve));
    await expect(requireFree(port, 'WEB_PORT', '127.0.0.1')).rejects.toThrow(
      new RegExp(`Port ${port} is in use.*WEB_PORT`),
    );
    await new Promise((resolve) => other.close(resolve));
    await requireFree(port, 'WEB_PORT', '127.0.0.1');
  },
);

test('a second start on the same data folder says where the first one is; after its end the folder is free', async () => {
  const letGo = await holdDataDir(folder, 'http://localhost:3000');
  await expect(holdDataDir(folder, 'http://localhost:3000')).rejects.toThrow(
    /already running.*http:\/\/localhost:3000/,
  );
  letGo();
  const again = await holdDataDir(folder, 'http://localhost:3000');
  again();
});
