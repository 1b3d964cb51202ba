import { hash, verify } from '@node-rs/argon2';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { authenticate, changeName, changePassword, signUp } from './accounts';
import { authOptions } from './auth-options';
import { database } from './database';
import { env } from './env';
import { checkNewPassword, verifyPassword } from './passwords';
import { type WebTestbed, webTestbed } from './testing-web';

vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<object>();
  const real = argon2 as { hash: typeof hash; verify: typeof verify };
  return { ...argon2, hash: vi.fn(real.hash), verify: vi.fn(real.verify) };
});

const PASSWORD = 'a fine long password';
const HOME = '192.0.2.1';

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
});
afterAll(() => testbed.close());

let count = 0;
async function account(): Promise<{ email: string; id: string; since: number }> {
  const email = `person${++count}@example.org`;
  const made = await signUp({ name: 'Ada', email, password: PASSWORD }, HOME);
  if (!made.ok) throw new Error(made.code);
  return { email, id: made.value.sub, since: made.value.since };
}

describe('signing up', () => {
  it('keeps a clean name, one address whatever its case, and argon2id alone', async () => {
    const name = ' Ada\u202e \u0000Lovelace ';
    const made = await signUp({ name, email: ' Ada@Example.ORG ', password: PASSWORD, locale: 'zh-CN' }, HOME);
    expect(made.ok).toBe(true);
    const user = await database().user.findUniqueOrThrow({ where: { email: 'ada@example.org' } });
    expect(user).toMatchObject({ name: 'Ada Lovelace', locale: 'zh-CN' });
    expect(user.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
    expect(await signUp({ name: 'Eve', email: 'ADA@example.org', password: PASSWORD }, HOME)).toMatchObject({
      code: 'email-taken',
    });
  });

  it.each([
    [{ name: '  ' }, 'name-invalid'],
    [{ name: 'x'.repeat(1_000_000) }, 'name-invalid'],
    [{ email: 'nobody' }, 'email-invalid'],
    [{ email: `${'x'.repeat(300)}@example.org` }, 'email-invalid'],
    [{ password: 'too short' }, 'password-short'],
    [{ password: 'x1'.repeat(200) }, 'password-long'],
    [{ password: 'Qwertyuiop' }, 'password-common'],
    [{ password: 'aaaaaaaaaaaa' }, 'password-common'],
    [{ password: 'Someone@example.org' }, 'password-common'],
  ])('refuses %o with %s', async (change, code) => {
    const input = { name: 'Ada', email: 'someone@example.org', password: PASSWORD, ...change };
    expect(await signUp(input, HOME)).toEqual({ ok: false, code });
  });

  it('names all that is wrong at once', async () => {
    expect(await signUp({ name: ' ', email: 'nobody', password: 'short' }, HOME)).toEqual({
      ok: false,
      code: 'name-invalid',
      also: ['email-invalid', 'password-short'],
    });
  });

  it('gives an address to one of two who want it at the same moment', async () => {
    const both = await Promise.all(
      ['Ada', 'Eve'].map((name) => signUp({ name, email: 'race@example.org', password: PASSWORD }, HOME)),
    );
    expect(both.map((made) => (made.ok ? 'made' : made.code)).toSorted()).toEqual(['email-taken', 'made']);
  });

  it('counts characters, not code units, and reads every keyboard alike', async () => {
    expect(checkNewPassword('🗝️🚪🪟🧱🪜')).toMatchObject({ ok: false, code: 'password-short' });
    const { hashPassword } = await import('./passwords');
    expect(await verifyPassword(await hashPassword('caf\u00e9 au lait'), 'cafe\u0301 au lait')).toBe(true);
  });
});

describe('signing in', () => {
  it('knows the right password, and answers an unknown email like a wrong password', async () => {
    const { email, id } = await account();
    expect(await authenticate({ email: email.toUpperCase(), password: PASSWORD }, HOME)).toMatchObject({
      ok: true,
      value: { sub: id },
    });
    const wrong = await authenticate({ email, password: 'not the password' }, HOME);
    const unknown = await authenticate({ email: 'nobody@example.org', password: PASSWORD }, HOME);
    expect(wrong).toEqual({ ok: false, code: 'wrong-credentials' });
    expect(unknown).toEqual(wrong);
  });

  it.each(['no\0body@example.org', '\0', 'no\ud800body@example.org', ''])('knows nobody at %j', async (email) => {
    expect(await authenticate({ email, password: PASSWORD }, '192.0.2.90')).toMatchObject({
      code: 'wrong-credentials',
    });
    expect(await authenticate({ email, password: 'a\0b' }, '192.0.2.90')).toMatchObject({ code: 'wrong-credentials' });
  });

  it('does the same work for an unknown email', async () => {
    const { email } = await account();
    const verified = async (of: string): Promise<(string | undefined)[]> => {
      vi.mocked(verify).mockClear();
      expect(await authenticate({ email: of, password: 'not the password' }, HOME)).toMatchObject({
        code: 'wrong-credentials',
      });
      // The parameters of the hash are the work.
      return vi.mocked(verify).mock.calls.map(([hash]) => /^\$argon2id\$v=19\$[^$]+/u.exec(String(hash))?.[0]);
    };
    const known = await verified(email);
    expect(known).toEqual(['$argon2id$v=19$m=19456,t=2,p=1']);
    expect(await verified('nobody@example.org')).toEqual(known);
  });

  it('stops guessing at one account, also when all guesses come at once, and nobody else', async () => {
    const [victim, other] = [await account(), await account()];
    const guess = () => authenticate({ email: victim.email, password: 'not the password' }, '192.0.2.66');
    const guesses = await Promise.all(Array.from({ length: 14 }, guess));
    const refused = guesses.flatMap((g) => (g.ok ? [] : [g]));
    expect(refused.filter((g) => g.code === 'wrong-credentials')).toHaveLength(10);
    expect(refused.filter((g) => g.code === 'too-many-attempts')).toHaveLength(4);
    expect(refused.find((g) => g.code === 'too-many-attempts')?.retryAfterS).toBeGreaterThan(800);

    // Not even with the right password from there; but its owner, elsewhere, is not locked out, nor anybody else there.
    const right = { email: victim.email, password: PASSWORD };
    expect(await authenticate(right, '192.0.2.66')).toMatchObject({ code: 'too-many-attempts' });
    expect(await authenticate(right, '192.0.2.67')).toMatchObject({ ok: true });
    expect(await authenticate({ email: other.email, password: PASSWORD }, '192.0.2.66')).toMatchObject({ ok: true });
  });

  it('stops guessing at one account from a hundred addresses, and at a hundred accounts from one', async () => {
    const { email } = await account();
    const { countAttempt } = await import('./attempts');
    for (let i = 0; i < 100; i++) await countAttempt('sign-in-account', email);
    expect(await authenticate({ email, password: PASSWORD }, '192.0.2.70')).toMatchObject({
      code: 'too-many-attempts',
    });
    for (let i = 0; i < 100; i++) await countAttempt('sign-in-address', '192.0.2.71');
    const second = await account();
    expect(await authenticate({ email: second.email, password: PASSWORD }, '192.0.2.71')).toMatchObject({
      code: 'too-many-attempts',
    });
  });

  it('forgets wrong guesses once the password was right', async () => {
    const { email } = await account();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6; i++) await authenticate({ email, password: 'not the password' }, '192.0.2.80');
      expect(await authenticate({ email, password: PASSWORD }, '192.0.2.80')).toMatchObject({ ok: true });
    }
  });
});

describe('a session', () => {
  /** What next-auth, and with it every page, makes of a session cookie. */
  async function readSession(claims: Record<string, unknown>, secret = env().NEXTAUTH_SECRET.unwrap()) {
    const token = await encode({ token: claims, secret });
    return authOptions().jwt?.decode?.({ token, secret: env().NEXTAUTH_SECRET.unwrap() });
  }

  it('carries the name the account has now', async () => {
    const { id, since } = await account();
    expect(await changeName(id, ' Countess\u200b Ada ')).toEqual({ ok: true, value: 'Countess Ada' });
    expect(await readSession({ sub: id, since })).toMatchObject({ sub: id, name: 'Countess Ada' });
    expect(await changeName(id, '\u202e')).toEqual({ ok: false, code: 'name-invalid' });
  });

  it('ends when the password changes, but for the browser that changed it', async () => {
    const { id, since, email } = await account();
    expect(await changePassword(id, { current: 'wrong', next: 'another long one' })).toEqual({
      ok: false,
      code: 'password-wrong',
    });
    expect(await changePassword(id, { current: PASSWORD, next: 'short' })).toEqual({
      ok: false,
      code: 'password-short',
    });
    expect(await readSession({ sub: id, since })).not.toBeNull();

    const changed = await changePassword(id, { current: PASSWORD, next: 'another long one' });
    if (!changed.ok) throw new Error(changed.code);
    expect(await readSession({ sub: id, since })).toBeNull();
    expect(await readSession({ ...changed.value })).toMatchObject({ sub: id });
    expect(await authenticate({ email, password: PASSWORD }, HOME)).toMatchObject({ code: 'wrong-credentials' });
    expect(await authenticate({ email, password: 'another long one' }, HOME)).toMatchObject({ ok: true });
  });

  it('ends also when it begins with the old password while that is being changed', async () => {
    const { id, email } = await account();
    // The first look at any password makes a hash of its own.
    await verifyPassword(null, PASSWORD);
    const meanwhile: { session?: Awaited<ReturnType<typeof authenticate>> } = {};
    const { hash: realHash } = await vi.importActual<{ hash: typeof hash }>('@node-rs/argon2');
    vi.mocked(hash).mockImplementationOnce(async (...args) => {
      meanwhile.session = await authenticate({ email, password: PASSWORD }, HOME);
      return realHash(...args);
    });
    expect(await changePassword(id, { current: PASSWORD, next: 'another long one' })).toMatchObject({ ok: true });
    if (!meanwhile.session?.ok) throw new Error('unreachable');
    expect(await readSession({ ...meanwhile.session.value })).toBeNull();
  });

  it('ends also when the password changes while the old one is being looked at', async () => {
    const { id, email } = await account();
    const { verify: realVerify } = await vi.importActual<{ verify: typeof verify }>('@node-rs/argon2');
    vi.mocked(verify).mockImplementationOnce(async (...args) => {
      expect(await changePassword(id, { current: PASSWORD, next: 'another long one' })).toMatchObject({ ok: true });
      return realVerify(...args);
    });
    const session = await authenticate({ email, password: PASSWORD }, HOME);
    if (!session.ok) throw new Error(session.code);
    expect(await readSession({ ...session.value })).toBeNull();
  });

  it('ends also when the clock that made it was ahead', async () => {
    const { id, email } = await account();
    const ahead = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const session = await authenticate({ email, password: PASSWORD }, HOME);
    ahead.mockRestore();
    if (!session.ok) throw new Error(session.code);
    expect(await changePassword(id, { current: PASSWORD, next: 'another long one' })).toMatchObject({ ok: true });
    expect(await readSession({ ...session.value })).toBeNull();
  });

  it('counts wrong present passwords, and not new ones that will not do', async () => {
    const { id } = await account();
    for (let i = 0; i < 11; i++)
      expect(await changePassword(id, { current: PASSWORD, next: 'short' })).toMatchObject({ code: 'password-short' });
    for (let i = 0; i < 10; i++) await changePassword(id, { current: 'wrong', next: 'short' });
    expect(await changePassword(id, { current: PASSWORD, next: 'short' })).toMatchObject({ code: 'too-many-attempts' });
  });

  it('is none when it is forged, has no beginning, or its account is gone', async () => {
    const { id, since } = await account();
    expect(await readSession({ sub: id, since }, 'another secret, which is not ours at all')).toBeNull();
    expect(await readSession({ sub: id })).toBeNull();
    await database().user.delete({ where: { id } });
    expect(await readSession({ sub: id, since })).toBeNull();
  });
});
