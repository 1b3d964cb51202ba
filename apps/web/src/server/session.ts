import { encode } from 'next-auth/jwt';
import { cookies } from 'next/headers';
import { cookieAttributes, SESSION_LIFETIME_S, sessionCookieName } from './auth-options';
import { env } from './env';

/**
 * Signs this browser in: sets the session cookie of next-auth. For server actions and route handlers.
 * @param since from when the session counts, ms; not before the account's `sessionsFrom`
 */
export async function startSession(userId: string, since = Date.now()): Promise<void> {
  const token = await encode({
    token: { sub: userId, since },
    secret: env().NEXTAUTH_SECRET.unwrap(),
    maxAge: SESSION_LIFETIME_S,
  });
  (await cookies()).set(sessionCookieName(), token, { ...cookieAttributes(), maxAge: SESSION_LIFETIME_S });
}

/** Signs this browser out. */
export async function endSession(): Promise<void> {
  (await cookies()).set(sessionCookieName(), '', { ...cookieAttributes(), maxAge: 0 });
}
