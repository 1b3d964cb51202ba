import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distrustForwardedHeaders } from './forwarded-headers';

const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
beforeAll(async () => {
  distrustForwardedHeaders();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

it('puts the peer of the socket in place of what a sender says about itself', async () => {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    headers: {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      'x-other': 'stays',
    },
  });
  const headers = (await response.json()) as Record<string, string>;
  expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-other': 'stays' });
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip'])
    expect(headers).not.toHaveProperty(name);
});
