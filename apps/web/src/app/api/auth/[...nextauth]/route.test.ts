import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type WebTestbed, webTestbed } from '../../../../server/testing-web';
import { GET, POST } from './route';

/** What next-auth was handed, in place of next-auth: it asks Next's server for cookies, which no test has. */
const handed: { method: string; path: string; body: string }[] = [];
vi.mock('next-auth', () => ({
  default: async (request: NextRequest) => {
    handed.push({ method: request.method, path: request.nextUrl.pathname, body: await request.text() });
    return new Response(null, { status: 204 });
  },
}));

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());
beforeEach(() => void handed.splice(0));

const context = { params: Promise.resolve({ nextauth: ['callback', 'credentials'] }) };
const FORM = 'application/x-www-form-urlencoded';

const post = (body: BodyInit, type: string) =>
  POST(
    new NextRequest('http://localhost:3100/api/auth/callback/credentials', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      duplex: 'half',
    }),
    context,
  );

it.each([FORM, 'application/json', 'text/plain'])('reads a body of %s no further than it may be long', async (type) => {
  let sent = 0;
  let cancelled = false;
  const long = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(1_024).fill(97));
      if ((sent += 1_024) === 1_048_576) controller.close();
    },
    cancel: () => void (cancelled = true),
  });
  const response = await post(long, type);
  expect([response.status, await response.json()]).toEqual([400, { error: { code: 'malformed' } }]);
  expect(cancelled).toBe(true);
  expect(sent).toBeLessThan(32_768);
  expect(handed).toEqual([]);
});

it.each(['{', '', 'nonsense', '"text"', 'null', '[1]', '{"callbackUrl":{}}'])(
  'refuses %j, which is no form',
  async (body) => {
    expect((await post(body, 'application/json; charset=utf-8')).status).toBe(400);
    expect(handed).toEqual([]);
  },
);

it('hands on whole what next-auth can read, and a request without a body as it is', async () => {
  const form = 'csrfToken=token&email=ada%40example.org&password=a+fine+long+password&json=true';
  const json = JSON.stringify({ csrfToken: 'token', email: 'ada@example.org' });
  expect((await post(form, FORM)).status).toBe(204);
  expect((await post(json, 'application/json')).status).toBe(204);
  const session = new NextRequest('http://localhost:3100/api/auth/session');
  expect((await GET(session, { params: Promise.resolve({ nextauth: ['session'] }) })).status).toBe(204);
  const path = '/api/auth/callback/credentials';
  expect(handed).toEqual([
    { method: 'POST', path, body: form },
    { method: 'POST', path, body: json },
    { method: 'GET', path: '/api/auth/session', body: '' },
  ]);
});
