import { encode } from 'next-auth/jwt';
import { cookies } from 'next/headers';
import { cookieAttributes, SESSION_LIFETIME_S, type SessionClaims, sessionCookieName } from './auth-options';
import { env } from './env';

/** Signs this browser in: sets the session cookie of next-auth. For server actions and route handlers. */
export async function startSession(claims: Pick<SessionClaims, 'sub' | 'since'>): Promise<void> {
  const token = await encode({
    token: { ...claims },
    secret: env().NEXTAUTH_SECRET.unwrap(),
    maxAge: SESSION_LIFETIME_S,
  });
  (await cookies()).set(sessionCookieName(), token, { ...cookieAttributes(), maxAge: SESSION_LIFETIME_S });
}

/** Signs this browser out. */
export async function endSession(): Promise<void> {
  (await cookies()).set(sessionCookieName(), '', { ...cookieAttributes(), maxAge: 0 });
}
