import { expect, it } from 'vitest';
import config from '../../next.config';
import { setPageHeaders } from './page-headers';

it('Next gives every answer the headers that never change, and /api a policy under which nothing runs', async () => {
  const rules = (await config.headers?.()) ?? [];
  const given = Object.fromEntries(
    rules.map(({ source, headers }) => [source, Object.fromEntries(headers.map(({ key, value }) => [key, value]))]),
  );
  expect(Object.keys(given)).toEqual(['/:path*', '/api/:path*']);
  expect(given['/:path*']).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Permissions-Policy': expect.any(String) as string,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  // What a call needs is ours alone; what nothing here needs is nobody's.
  const permissions = given['/:path*']?.['Permissions-Policy']?.split(', ') ?? [];
  for (const own of ['camera', 'microphone', 'display-capture', 'screen-wake-lock', 'fullscreen'])
    expect(permissions).toContain(`${own}=(self)`);
  for (const none of ['geolocation', 'payment', 'usb']) expect(permissions).toContain(`${none}=()`);
  const policy = given['/api/:path*']?.['Content-Security-Policy']?.split('; ');
  expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'"]));
  expect(policy?.join()).not.toContain('script-src');
});

it.each([
  [true, 'max-age=31536000; includeSubDomains'],
  [false, null],
])('a page asks to be visited by https alone where it is: %s', (isHttps, expected) => {
  const headers = new Headers();
  setPageHeaders(headers, '/meetings', { nonce: 'nonce', signalUrl: 'https://s.example.org', isHttps, isDev: false });
  expect(headers.get('strict-transport-security')).toBe(expected);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});
