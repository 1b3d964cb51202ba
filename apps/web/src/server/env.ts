import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from './secret';

/** A variable is missing or wrong. The message names it and says what it should be; never its value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

interface TicketKey {
  /** First 8 hex characters of SHA-256 of the SPKI DER: the `kid` of what it signed. */
  readonly id: string;
  readonly key: KeyObject;
}

const origin = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), 'must be an http or https address')
  .transform((text) => new URL(text).origin);

const secret = z
  .string()
  .min(32, 'must have at least 32 characters')
  .transform((text) => new Secret(text));

const between = (min: number, max: number) => {
  const message = `must be a number from ${min} to ${max}`;
  return z.coerce.number(message).min(min, message).max(max, message);
};

const whole = (min: number, max: number) => between(min, max).int(`must be a whole number from ${min} to ${max}`);

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const privateKey = z.string().transform((text, context): TicketKey => {
  try {
    const key = createPrivateKey(Buffer.from(text, 'base64').toString('utf8'));
    if (key.asymmetricKeyType === 'ed25519') return { id: keyId(createPublicKey(key)), key };
  } catch {
    // Said below, without the text: it is a key.
  }
  context.addIssue({ code: 'custom', message: 'must be the base64 of a PKCS8 PEM of an Ed25519 key' });
  return z.NEVER;
});

const publicKeys = z.string().transform((text, context): readonly TicketKey[] => {
  try {
    const keys = text.split(',').map((part) => createPublicKey(Buffer.from(part, 'base64').toString('utf8')));
    if (keys.length <= 2 && keys.every((key) => key.asymmetricKeyType === 'ed25519'))
      return keys.map((key) => ({ id: keyId(key), key }));
  } catch {
    // Said below.
  }
  context.addIssue({
    code: 'custom',
    message: 'must be the base64 of an SPKI PEM of an Ed25519 key, or two of them with a comma between',
  });
  return z.NEVER;
});

const schema = z.object({
  /** Public address of this server, an origin without a path. */
  WEB_URL: origin.default('http://localhost:3000'),
  /** Public address of signal, for browsers. */
  SIGNAL_URL: origin.default('http://localhost:4000'),
  /** How web reaches signal; the public address unless told otherwise. */
  SIGNAL_INTERNAL_URL: origin.optional(),
  DATA_DIR: z
    .string()
    .min(1)
    .default('.parley')
    .transform((path) => resolve(path)),
  DATABASE_URL: z
    .string()
    .refine(
      (text) => /^postgres(ql)?:\/\/.+\/.+/u.test(text),
      'must look like postgresql://user:password@host:5432/name',
    )
    .transform((text) => new Secret(text)),
  NEXTAUTH_SECRET: secret,
  INVITE_SECRET: secret,
  REPORT_SECRET: secret,
  TICKET_PRIVATE_KEY: privateKey,
  TICKET_PUBLIC_KEY: publicKeys,
  MESH_MAX_PARTICIPANTS: whole(2, 50).default(8),
  /** Largest recording track taken, bytes. */
  MAX_RECORDING_BYTES: whole(1_048_576, Number.MAX_SAFE_INTEGER).default(20 * 1024 ** 3),
  /** A take whose bytes have not come for this long is finalised as it is, minutes. */
  RECORDING_QUIET_MINUTES: between(0.05, 1_440).default(10),
  /** How many proxies of ours stand in front and add themselves to X-Forwarded-For: 0 trusts no such header. */
  TRUSTED_PROXIES: whole(0, 8).default(0),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
});

export type Env = Readonly<Omit<z.infer<typeof schema>, 'SIGNAL_INTERNAL_URL'>> & {
  readonly SIGNAL_INTERNAL_URL: string;
  /** Whether the public address is https: cookies are Secure then, and HSTS is sent. */
  readonly isHttps: boolean;
};

/** @throws EnvironmentError naming every variable that is missing or wrong */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path: [name], message }) =>
      given[String(name)] === undefined ? `${String(name)} is not set.` : `${String(name)} is wrong: it ${message}.`,
    );
    throw new EnvironmentError(wrong.join(' '));
  }
  const env = parsed.data;
  if (!env.TICKET_PUBLIC_KEY.some(({ id }) => id === env.TICKET_PRIVATE_KEY.id))
    throw new EnvironmentError('TICKET_PUBLIC_KEY is wrong: it does not hold the public half of TICKET_PRIVATE_KEY.');
  return {
    ...env,
    SIGNAL_INTERNAL_URL: env.SIGNAL_INTERNAL_URL ?? env.SIGNAL_URL,
    isHttps: env.WEB_URL.startsWith('https:'),
  };
}

let parsed: Env | undefined;

/** The variables of this process, parsed at the first call. */
export function env(): Env {
  return (parsed ??= parseEnv(process.env));
}

function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
}
