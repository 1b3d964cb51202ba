import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getHealth } from './app/api/health/route';
import { GET as getRightHost } from './app/api/right-host/route';
import { config, proxy } from './proxy';
import { onRightHost, WANTED_PATH_HEADER } from './server/right-host';
import { type WebTestbed, webTestbed } from './server/testing-web';

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed({ WEB_URL: 'http://localhost:3100', SIGNAL_URL: 'https://signal.example.org' });
});
afterAll(() => testbed.close());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(path: string, { method = 'GET', headers = {} }: Asked = {}) {
  const url = new URL(path, 'http://localhost:3100');
  return proxy(new NextRequest(url, { method, headers: { host: url.host, ...headers } }));
}

const policyOf = (response: Response): string => response.headers.get('content-security-policy') ?? '';
/** What Next hands on to the page. */
const passedOn = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);

describe('every page', () => {
  it('has a policy that runs scripts by a nonce alone, told to the page as well', async () => {
    const response = await ask('/meetings?x=1');
    expect(response.headers.get('x-middleware-next')).toBe('1');
    const policy = policyOf(response);
    const nonce = /'nonce-([\w+/=]{20,})'/u.exec(policy)?.[1];
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}' 'strict-dynamic';`);
    expect(policy).toContain("connect-src 'self' https://signal.example.org wss://signal.example.org;");
    for (const directive of [
      "default-src 'self'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
      "worker-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split('; ')).toContain(directive);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/u);
    expect(passedOn(response, 'content-security-policy')).toBe(policy);
    expect(passedOn(response, 'x-nonce')).toBe(nonce);
  });

  it('has another nonce each time', async () => {
    const policies = await Promise.all([1, 2, 3].map(async () => policyOf(await ask('/'))));
    expect(new Set(policies).size).toBe(3);
  });

  it('is not sent twice over a transport that is not there, and keeps an invite to itself', async () => {
    expect((await ask('/')).headers.get('strict-transport-security')).toBeNull();
    expect((await ask('/j/token')).headers.get('referrer-policy')).toBe('no-referrer');
    expect((await ask('/meetings')).headers.get('referrer-policy')).toBeNull();
  });
});

describe('the host name', () => {
  /** What the route answers that Next goes on to, inside. */
  function followed(response: Response): Response {
    expect(new URL(response.headers.get('x-middleware-rewrite') ?? '').pathname).toBe('/api/right-host');
    const wanted = passedOn(response, WANTED_PATH_HEADER) ?? '';
    return getRightHost(new Request('http://localhost:3100/', { headers: { [WANTED_PATH_HEADER]: wanted } }));
  }

  it.each(['127.0.0.1:3100', '[::1]:3100', '127.0.0.1:80'])('%s leads to the one of WEB_URL', async (host) => {
    const response = followed(await ask('/m/abc?x=%2F', { headers: { host } }));
    expect([response.status, response.headers.get('location')]).toEqual([307, 'http://localhost:3100/m/abc?x=%2F']);
  });

  it.each(['localhost:3100', 'meet.example.org', 'localhost', 'no host at all'])('%s stays', async (host) => {
    expect((await ask('/', { headers: { host } })).headers.get('x-middleware-rewrite')).toBeNull();
  });

  it('does not lead anywhere else by a path that looks like a host', async () => {
    for (const path of ['/%2F%2Fevil.example/', '//evil.example/', '/\\evil.example']) {
      const response = followed(await ask(`http://localhost:3100${path}`, { headers: { host: '127.0.0.1:3100' } }));
      expect(new URL(response.headers.get('location') ?? '').origin, path).toBe('http://localhost:3100');
    }
    for (const path of ['//evil.example/', '/\\\\evil.example', 'http://evil.example', 'http://['])
      expect(new URL(onRightHost(path)).origin, path).toBe('http://localhost:3100');
  });
});

describe('a write', () => {
  const write = async (headers: Record<string, string>) => (await ask('/sign-in', { method: 'POST', headers })).status;

  it.each([
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3100' },
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { origin: 'http://localhost:3100' },
  ])('passes with %o', async (headers) => {
    expect(await write(headers as unknown as Record<string, string>)).toBe(200);
  });

  it.each([
    {},
    { origin: 'null' },
    { origin: 'https://localhost:3100' },
    { origin: 'http://localhost:3101' },
    { origin: 'http://localhost:3100.evil.example' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3100' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
  ])('is refused with %o', async (headers) => {
    expect(await write(headers as unknown as Record<string, string>)).toBe(403);
  });

  it('names our host to Next, which compares it with the origin, though a proxy kept its own name for us', async () => {
    const host = '10.0.0.7:3100';
    const ours = { host, origin: 'http://localhost:3100' };
    const told = async (method: string, headers: Record<string, string>) =>
      passedOn(await ask('/sign-in', { method, headers }), 'x-forwarded-host');
    expect(await told('POST', ours)).toBe('localhost:3100');
    expect(await told('POST', { ...ours, 'x-forwarded-host': 'other.example' })).toBe('localhost:3100');
    // Whatever did not come from WEB_URL is left to Next's own comparison.
    expect(await told('POST', { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBeNull();
    expect(await told('GET', ours)).toBeNull();
  });
});

it('sees pages, and not what must not pass through it', () => {
  const [matcher = ''] = config.matcher;
  const pattern = new RegExp(`^${matcher}$`, 'u');
  for (const path of ['/', '/meetings', '/m/abcd-efgh-jkmn', '/j/token', '/apiary', '/favicon.ico'])
    expect(pattern.test(path), path).toBe(true);
  for (const path of ['/api/uploads', '/api/uploads/1', '/api/tickets', '/_next/static/x.js', '/icon.svg'])
    expect(pattern.test(path), path).toBe(false);
});

describe('without the database', () => {
  const health = async () => {
    const response = await getHealth();
    return [response.status, (await response.json()) as unknown];
  };

  it('pages say so with 503 in the language of the browser, and health names what is away', async () => {
    expect(await health()).toEqual([200, { status: 'ok', away: ['signal'] }]);
    await testbed.dropDatabase();
    await expect.poll(async () => (await ask('/meetings')).status).toBe(503);

    const page = await ask('/meetings');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('retry-after')).toBe('10');
    expect(policyOf(page)).toContain("script-src 'self' 'nonce-");
    expect(await page.text()).toContain('Parley cannot reach its database');
    const chinese = await ask('/', { headers: { 'accept-language': 'zh-CN,zh;q=0.9' } });
    expect(await chinese.text()).toContain('<html lang="zh-CN">');
    const chosen = await ask('/', { headers: { 'accept-language': 'zh-CN', cookie: 'locale=en' } });
    expect(await chosen.text()).toContain('<html lang="en">');

    expect(await health()).toEqual([
      503,
      { status: 'down', reason: 'The database does not answer.', away: ['database', 'signal'] },
    ]);
  });

  it('a form still reaches its action, which answers that nothing was changed', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await ask('/sign-in', { method: 'POST', headers })).status).toBe(200);
  });
});
