import { cleanName, displayName } from '@parley/protocol/display-name';
import { z } from 'zod';
import { answer, type Answer, no, type WebRefusal } from './answer';
import { countAttempt, forgetAttempts, forgiveAttempt } from './attempts';
import { database } from './database';
import { log } from './log';
import { checkNewPassword, hashPassword, verifyPassword } from './passwords';
import { storable } from './storable';

/** What a session begins with: the account's id, and the moment (ms) from which its sessions counted then; see session.ts. */
export interface NewSession {
  readonly sub: string;
  readonly since: number;
}

const emailAddress = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** A new account. Refusals: name-invalid, email-invalid, password-* (all that are true at once), email-taken, too-many-attempts. */
export async function signUp(
  input: { readonly name: string; readonly email: string; readonly password: string; readonly locale?: string | null },
  address: string,
): Promise<Answer<NewSession>> {
  const name = displayName.safeParse(input.name);
  const email = emailAddress.safeParse(input.email);
  const password = checkPasswordFor(email.data, input.password);
  if (!name.success || !email.success || !password.ok) {
    const wrong: WebRefusal[] = [];
    if (!name.success) wrong.push('name-invalid');
    if (!email.success) wrong.push('email-invalid');
    if (!password.ok) wrong.push(password.code);
    const [code = 'malformed', ...also] = wrong;
    return also.length > 0 ? { ...no(code), also } : no(code);
  }
  const wait = await countAttempt('sign-up-address', address);
  if (wait !== null) return no('too-many-attempts', wait);

  const passwordHash = await hashPassword(password.value);
  try {
    const user = await database().user.create({
      data: {
        name: name.data,
        email: email.data,
        passwordHash,
        locale: input.locale ?? null,
        // This process's clock, as in the session it is compared with.
        sessionsFrom: new Date(),
      },
    });
    log().info({ user: user.id }, 'account made');
    return answer(newSession(user));
  } catch (error) {
    if ((error as { code?: string }).code === 'P2002') return no('email-taken');
    throw error;
  }
}

/**
 * Whose email and password these are. The same refusal, after the same work, for an unknown email and a wrong password.
 * Refusals: wrong-credentials, too-many-attempts.
 */
export async function authenticate(
  input: { readonly email: string; readonly password: string },
  address: string,
): Promise<Answer<NewSession>> {
  const email = storable(input.email.trim().toLowerCase().slice(0, 254));
  const pair = `${address}|${email}`;
  // Counted before the work, so that parallel attempts do not slip through; taken back when it was right.
  for (const [limit, key] of [
    ['sign-in-pair', pair],
    ['sign-in-address', address],
    ['sign-in-account', email],
  ] as const) {
    const wait = await countAttempt(limit, key);
    if (wait !== null) {
      log().warn({ limit, address }, 'too many attempts to sign in');
      return no('too-many-attempts', wait);
    }
  }
  const user = await database().user.findUnique({ where: { email } });
  if (!(await verifyPassword(user?.passwordHash ?? null, input.password)) || !user) return no('wrong-credentials');
  await Promise.all([
    forgetAttempts('sign-in-pair', pair),
    forgiveAttempt('sign-in-address', address),
    forgiveAttempt('sign-in-account', email),
  ]);
  log().info({ user: user.id }, 'signed in');
  return answer(newSession(user));
}

/** Changes the name shown to others; the next ticket carries it. Refusals: name-invalid. */
export async function changeName(userId: string, name: string): Promise<Answer<string>> {
  const parsed = displayName.safeParse(cleanName(name.slice(0, 1_000)));
  if (!parsed.success) return no('name-invalid');
  await database().user.update({ where: { id: userId }, data: { name: parsed.data } });
  return answer(parsed.data);
}

/** Remembers the language of an account. */
export async function changeLocale(userId: string, locale: string): Promise<void> {
  await database().user.update({ where: { id: userId }, data: { locale } });
}

/**
 * Changes the password and ends every session of the account.
 * @returns a new session for the browser that asked.
 * Refusals: password-wrong, password-*, too-many-attempts.
 */
export async function changePassword(
  userId: string,
  input: { readonly current: string; readonly next: string },
): Promise<Answer<NewSession>> {
  const wait = await countAttempt('change-password', userId);
  if (wait !== null) return no('too-many-attempts', wait);
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  if (!(await verifyPassword(user.passwordHash, input.current))) return no('password-wrong');
  // Nobody guesses who knows it, whatever is wrong with the new one.
  await forgetAttempts('change-password', userId);
  const password = checkPasswordFor(user.email, input.next);
  if (!password.ok) return password;

  const passwordHash = await hashPassword(password.value);
  // Later than that of every session made so far, whatever the clock says.
  const from = Math.max(Date.now(), user.sessionsFrom.getTime()) + 1;
  await database().user.update({ where: { id: userId }, data: { passwordHash, sessionsFrom: new Date(from) } });
  log().info({ user: userId }, 'password changed, other sessions ended');
  return answer({ sub: userId, since: from });
}

/** A new password for the account of `email`, which is not to be the password as well. */
function checkPasswordFor(email: string | undefined, password: string): Answer<string> {
  const checked = checkNewPassword(password);
  return checked.ok && checked.value.toLowerCase() === email ? no('password-common') : checked;
}

/**
 * A session of the account as it was read together with its password: when that is changed, however soon and by whichever node's
 * clock, the session has ended.
 */
function newSession({ id, sessionsFrom }: { id: string; sessionsFrom: Date }): NewSession {
  return { sub: id, since: sessionsFrom.getTime() };
}
