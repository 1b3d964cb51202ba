import { z } from 'zod';
import { TicketKeys } from './tickets';

/** A variable is missing or wrong. The message names it and says what it should be. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

const httpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol);
const url = (schema: z.ZodString) => schema.refine(httpUrl, { error: 'an address such as http://localhost:3000' });

const iceUrls = (scheme: RegExp, example: string) =>
  list.refine((urls) => urls.every((u) => scheme.test(u)), {
    error: `addresses such as ${example}, separated by commas`,
  });

const PUBLIC_KEYS = 'one or two Ed25519 public keys, each as base64 of its SPKI PEM, with a comma between';
const areTicketKeys = (text: string): boolean => {
  try {
    return Boolean(new TicketKeys(text));
  } catch {
    return false;
  }
};

const variables = z
  .object({
    SIGNAL_PORT: z
      .string()
      .regex(/^\d{1,5}$/u, { error: 'a port number from 0 to 65535' })
      .transform(Number)
      .refine((port) => port <= 65_535, { error: 'a port number from 0 to 65535' })
      .default(4000),
    /** Address to listen on; all of this machine's unless set. */
    SIGNAL_HOST: z.string().min(1).optional(),
    WEB_URL: list
      .refine((urls) => urls.length > 0 && urls.every(httpUrl), { error: 'an address such as http://localhost:3000' })
      .default(['http://localhost:3000']),
    SIGNAL_URL: url(z.string()).optional(),
    WEB_INTERNAL_URL: url(z.string()).optional(),
    DATA_DIR: z.string().min(1).default('.parley'),
    TICKET_PUBLIC_KEY: z.string({ error: PUBLIC_KEYS }).refine(areTicketKeys, { error: PUBLIC_KEYS }),
    REPORT_SECRET: z
      .string({ error: 'the secret that web and signal share' })
      .min(32, { error: 'a secret of at least 32 characters' }),
    STUN_URLS: iceUrls(/^stuns?:.+/u, 'stun:turn.example.org:3478').default([]),
    TURN_URLS: iceUrls(/^turns?:.+/u, 'turn:turn.example.org:3478').default([]),
    TURN_SECRET: z.string().min(1).optional(),
    MESH_MAX_PARTICIPANTS: z
      .string()
      .regex(/^([2-9]|[1-4]\d|50)$/u, { error: 'a number from 2 to 50' })
      .transform(Number)
      .default(8),
    /** How many proxies of ours stand in front and add themselves to X-Forwarded-For: 0 trusts no such header. */
    TRUSTED_PROXIES: z
      .string()
      .regex(/^[0-8]$/u, { error: 'a number from 0 to 8' })
      .transform(Number)
      .default(0),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        error: 'one of trace, debug, info, warn, error, fatal, silent',
      })
      .default('info'),
  })
  .refine((env) => env.TURN_URLS.length === 0 || env.TURN_SECRET !== undefined, {
    path: ['TURN_SECRET'],
    error: 'set when TURN_URLS is (the static-auth-secret of coturn)',
  });

/** Signal's variables, parsed. Names and defaults: docs, "Ports and variables". */
export type Env = Readonly<z.infer<typeof variables>>;

const SECRET = new Set(['TICKET_PUBLIC_KEY', 'REPORT_SECRET', 'TURN_SECRET']);

/**
 * Parses the environment once. An empty variable counts as not set.
 * @throws EnvironmentError with a sentence for each variable that is missing or wrong.
 */
export function parseEnv(environment: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = variables.safeParse(given);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = given[name];
    const found = value === undefined ? 'it is not set' : SECRET.has(name) ? 'its value is not' : `not "${value}"`;
    return `${name} must be ${issue.message}; ${found}.`;
  });
  throw new EnvironmentError([...new Set(sentences)].join('\n'));
}
