import { randomBytes } from 'node:crypto';
import { hash, type Options, verify } from '@node-rs/argon2';
import { answer, type Answer, no } from './answer';
import commonPasswords from './common-passwords.json';

/** OWASP Password Storage Cheat Sheet, argon2id (the library's default algorithm): 19 MiB, 2 passes, 1 lane. */
const ARGON2ID: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MIN_LENGTH = 10;
const MAX_LENGTH = 200;

// All the passwords of at least ten characters among the 49,233 commonest (docs/decisions: zxcvbn-ts' list).
const COMMON = new Set(commonPasswords.flatMap((line) => line.split(' ')));

/** The same characters typed on different keyboards give the same bytes (NIST SP 800-63B, 5.1.1.2). */
const normal = (password: string): string => password.normalize('NFKC');

/** Whether a new password may be used: 10 to 200 characters, and not one of the commonest, however it is capitalised. */
export function checkNewPassword(password: string): Answer<string> {
  const characters = [...normal(password)];
  if (characters.length < MIN_LENGTH) return no('password-short');
  if (characters.length > MAX_LENGTH) return no('password-long');
  if (COMMON.has(characters.join('').toLowerCase()) || new Set(characters).size < 3) return no('password-common');
  return answer(password);
}

/** argon2id of the password, as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), ARGON2ID);
}

let decoy: Promise<string> | undefined;

/**
 * Whether `password` is the one that was hashed. Without a hash (an unknown account) the same work is done and the answer is
 * no: how long it takes does not tell whether the account exists.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const instead = await (decoy ??= hashPassword(randomBytes(24).toString('base64url')));
  const matches = await verify(passwordHash ?? instead, normal(password).slice(0, 1_000));
  return passwordHash !== null && matches;
}
