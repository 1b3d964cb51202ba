import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveLan } from './lan.mjs';
import { freePort } from './settings.mjs';

const ADDRESS = '192.0.2.7';
const dataDir = mkdtempSync(join(tmpdir(), 'parley-lan-'));
let port;
let lan;
/** Stands in for web and signal, and says who was asked for what. */
const web = createServer((asked, response) => response.end(`web ${asked.headers['x-forwarded-proto']} ${asked.url}`));
const signal = createServer((asked, response) => response.end(`signal ${asked.url}`));

beforeAll(async () => {
  for (const server of [web, signal]) await once(server.listen(0, '127.0.0.1'), 'listening');
  port = await freePort();
  const [webTarget, signalTarget] = [web, signal].map((server) => `http://127.0.0.1:${server.address().port}`);
  lan = await serveLan({ dataDir, address: ADDRESS, port, webTarget, signalTarget });
});
afterAll(() => {
  lan.close();
  web.close();
  signal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What `path` answers when the address bar says `host`. */
async function ask(host, path, method = 'GET') {
  const asked = request({ port, host: '127.0.0.1', path, method, rejectUnauthorized: false, headers: { host } });
  asked.end();
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return [response.statusCode, response.headers.location ?? text];
}

test.each(['127.0.0.1', 'localhost', '[::1]'])('%s leads to the address that signal lets in', async (name) => {
  const there = `https://${ADDRESS}:${port}`;
  expect(await ask(`${name}:${port}`, '/m/abc?x=%2F')).toEqual([307, `${there}/m/abc?x=%2F`]);
  expect(await ask(`${name}:${port}`, '//evil.example/')).toEqual([307, `${there}//evil.example/`]);
});

test('what is asked for at the address, what is no page, and what writes goes on to web and signal', async () => {
  expect(await ask(`${ADDRESS}:${port}`, '/m/abc')).toEqual([200, 'web https /m/abc']);
  expect(await ask('no host', '/m/abc')).toEqual([200, 'web https /m/abc']);
  expect(await ask('localhost', '/api/health')).toEqual([200, 'web https /api/health']);
  expect(await ask('localhost', '/sign-in', 'POST')).toEqual([200, 'web https /sign-in']);
  expect(await ask('localhost', '/socket.io/?x')).toEqual([200, 'signal /socket.io/?x']);
});
