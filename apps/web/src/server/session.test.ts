import { expect, it, vi } from 'vitest';
import { testVariables } from './testing-web';

/** The cookies that an answer sets. */
const jar = vi.hoisted(() => new Map<string, { value: string }>());
vi.mock('next/headers', () => ({
  cookies: () =>
    Promise.resolve({ set: (name: string, value: string, how: object) => void jar.set(name, { value, ...how }) }),
}));

it.each([
  ['http://localhost:3100', 'next-auth.session-token', false],
  ['https://meet.example.org', '__Secure-next-auth.session-token', true],
])('at %s the cookie %s is for the server alone, and Secure: %s', async (WEB_URL, name, secure) => {
  // The environment of a process is read once.
  vi.resetModules();
  jar.clear();
  Object.assign(process.env, testVariables(), { WEB_URL });
  const { endSession, startSession } = await import('./session');
  const { authOptions } = await import('./auth-options');

  const attributes = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  await startSession({ sub: 'somebody', since: 1 });
  expect([...jar]).toEqual([
    [name, { value: expect.stringMatching(/./u) as string, ...attributes, maxAge: 30 * 86_400 }],
  ]);
  await endSession();
  expect([...jar]).toEqual([[name, { value: '', ...attributes, maxAge: 0 }]]);
  // What next-auth's own routes set is the same one.
  expect(authOptions().cookies?.sessionToken).toEqual({ name, options: attributes });
});
