import { encode } from 'next-auth/jwt';
import { database } from './database';
import { env } from './env';

/**
 * The request a test stands for, in place of Next's, which exists only inside its server:
 * `vi.mock('next/headers', () => import('.../server/testing-request'))`. So nothing here may import what imports that.
 */
const sent = { cookies: new Map<string, string>(), headers: new Headers() };

export const headers = (): Promise<Headers> => Promise.resolve(sent.headers);

export const cookies = () =>
  Promise.resolve({
    get: (name: string) => (sent.cookies.has(name) ? { name, value: sent.cookies.get(name) } : undefined),
    set: (name: string, value: string) => void sent.cookies.set(name, value),
  });

/** What this browser keeps, by name. */
export const cookieJar = (): Readonly<Record<string, string>> => Object.fromEntries(sent.cookies);

/** From now on requests carry the session cookie of this account, or none. */
export async function requestAs(user: { readonly id: string } | null): Promise<void> {
  sent.cookies.clear();
  if (!user) return;
  const { sessionsFrom } = await database().user.findUniqueOrThrow({ where: { id: user.id } });
  const { sessionCookieName } = await import('./auth-options');
  const token = { sub: user.id, since: sessionsFrom.getTime() };
  sent.cookies.set(sessionCookieName(), await encode({ token, secret: env().NEXTAUTH_SECRET.unwrap() }));
}
