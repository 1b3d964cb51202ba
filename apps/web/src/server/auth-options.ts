import type { AuthOptions } from 'next-auth';
import { decode, type JWT } from 'next-auth/jwt';
import CredentialsProvider from 'next-auth/providers/credentials';
import { headers } from 'next/headers';
import { authenticate } from './accounts';
import { clientAddress } from './client-address';
import { database } from './database';
import { env } from './env';
import { log } from './log';

/** How long a session lasts after signing in, seconds. */
export const SESSION_LIFETIME_S = 30 * 24 * 3_600;

/**
 * What the session cookie carries: who, and the moment (ms) from which the account's sessions counted when they signed in: it has
 * ended once that is later. Name and address are read afresh each time.
 */
export interface SessionClaims extends JWT {
  readonly sub: string;
  readonly since: number;
}

/** Name of the session cookie: next-auth's own, so that its routes and ours speak of the same one. */
export const sessionCookieName = (): string => `${env().isHttps ? '__Secure-' : ''}next-auth.session-token`;

/** Attributes of the session cookie and of the guest's. */
export const cookieAttributes = (): { httpOnly: true; sameSite: 'lax'; secure: boolean; path: '/' } => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: env().isHttps,
  path: '/',
});

/** next-auth, with the JWT strategy that its credentials provider asks for. A session that ended is no session on any of its routes. */
export function authOptions(): AuthOptions {
  return {
    secret: env().NEXTAUTH_SECRET.unwrap(),
    useSecureCookies: env().isHttps,
    session: { strategy: 'jwt', maxAge: SESSION_LIFETIME_S },
    cookies: { sessionToken: { name: sessionCookieName(), options: cookieAttributes() } },
    pages: { signIn: '/sign-in', signOut: '/', error: '/sign-in' },
    jwt: { decode: ({ token }) => signedIn(token) },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        async authorize(credentials) {
          try {
            const answer = await authenticate(
              { email: credentials?.email ?? '', password: credentials?.password ?? '' },
              clientAddress(await headers()),
            );
            return answer.ok ? { id: answer.value.sub, since: answer.value.since } : null;
          } catch (error) {
            // Next-auth would write the message, with the database's address in it, into that of its error page.
            log().error({ err: error }, 'signing in failed');
            return null;
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { sub: user.id, since: (user as { since?: number }).since } : token),
      session: ({ session, token }) => ({
        ...session,
        user: { ...session.user, id: token.sub, locale: token.locale ?? null },
      }),
    },
  };
}

/**
 * Whom a session cookie speaks for, with their present name; null when it is not one of ours, has run out, or its account is gone or
 * has ended its sessions since. Next-auth's `getServerSession` is not asked: it takes an absent database for signed out.
 * @throws when the database is away
 */
export async function signedIn(
  cookie: string | undefined,
): Promise<(SessionClaims & { name: string; email: string; locale: string | null }) | null> {
  const claims = await readSessionCookie(cookie);
  if (!claims) return null;
  const user = await database().user.findUnique({ where: { id: claims.sub } });
  if (!user || claims.since < user.sessionsFrom.getTime()) return null;
  return { ...claims, name: user.name, email: user.email, locale: user.locale };
}

async function readSessionCookie(token: string | undefined): Promise<SessionClaims | null> {
  if (!token) return null;
  try {
    const claims = await decode({ token, secret: env().NEXTAUTH_SECRET.unwrap() });
    if (!claims?.sub || typeof claims.since !== 'number') return null;
    return { ...claims, sub: claims.sub, since: claims.since };
  } catch {
    // Forged, expired, or made under another secret: the same as none.
    return null;
  }
}
