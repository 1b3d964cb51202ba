import { createHmac, randomBytes } from 'node:crypto';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { sessionCookieName, signedIn } from './auth-options';
import { env } from './env';
import { sameText } from './same-text';

/** Who is signed in. */
export interface CurrentUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The language chosen in the account, if any. */
  readonly locale: string | null;
}

/** Who asks: an account, a guest who came by an invite, both (a guest who signed in), or neither. */
export interface Viewer {
  readonly user: CurrentUser | null;
  readonly guestId: string | null;
}

export const GUEST_COOKIE = 'parley-guest';
/** A guest stays the same person in this browser for half a year. */
export const GUEST_LIFETIME_S = 180 * 24 * 3_600;

/**
 * The signed-in user of this request, or null. For pages, server actions and route handlers. Asked once per request.
 * @throws when the database is away (`isDatabaseAway`)
 */
export const currentUser = cache(async (): Promise<CurrentUser | null> => {
  const claims = await signedIn((await cookies()).get(sessionCookieName())?.value);
  return claims && { id: claims.sub, name: claims.name, email: claims.email, locale: claims.locale };
});

/** Who asks, signed in or guest. */
export async function currentViewer(): Promise<Viewer> {
  const guest = (await cookies()).get(GUEST_COOKIE)?.value;
  return { user: await currentUser(), guestId: readGuestCookie(guest) };
}

/** The signed-in user; anyone else is sent to sign in and comes back to `path` (a path of ours) afterwards. */
export async function requireUser(path: string): Promise<CurrentUser> {
  return (await currentUser()) ?? redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}

/** Who a viewer is to a meeting: the account before the guest. Null: nobody. */
export function subjectOf(viewer: Viewer): string | null {
  if (viewer.user) return `user:${viewer.user.id}`;
  return viewer.guestId ? `guest:${viewer.guestId}` : null;
}

/** Every subject a viewer can prove to be. */
export function subjectsOf(viewer: Viewer): string[] {
  return [...(viewer.user ? [`user:${viewer.user.id}`] : []), ...(viewer.guestId ? [`guest:${viewer.guestId}`] : [])];
}

export const newGuestId = (): string => randomBytes(16).toString('base64url');

/** Value of the guest cookie: the id and its HMAC, so that nobody becomes a guest by writing a cookie. */
export function guestCookie(guestId: string): string {
  return `${guestId}.${guestMac(guestId)}`;
}

/** The guest id of a cookie, or null when there is none or it is not ours. */
export function readGuestCookie(value: string | undefined): string | null {
  const match = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/u.exec(value ?? '');
  if (!match?.[1] || !match[2]) return null;
  return sameText(match[2], guestMac(match[1])) ? match[1] : null;
}

const guestMac = (guestId: string): string =>
  createHmac('sha256', env().INVITE_SECRET.unwrap()).update(`guest|${guestId}`).digest('base64url');
