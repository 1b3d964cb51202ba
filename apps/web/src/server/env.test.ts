import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnv } from './env';
import { Secret } from './secret';
import { testVariables, ticketKeys } from './testing-web';

describe('the environment', () => {
  it('has a default for all that is no secret', () => {
    const isSecret = (name: string) => /SECRET|_KEY$|^DATABASE_URL$/u.test(name);
    const secrets = Object.fromEntries(Object.entries(testVariables()).filter(([name]) => isSecret(name)));
    expect(parseEnv(secrets)).toMatchObject({
      WEB_URL: 'http://localhost:3000',
      SIGNAL_URL: 'http://localhost:4000',
      SIGNAL_INTERNAL_URL: 'http://localhost:4000',
      DATA_DIR: resolve('.parley'),
      MESH_MAX_PARTICIPANTS: 8,
      MAX_RECORDING_BYTES: 20 * 1024 ** 3,
      RECORDING_QUIET_MINUTES: 10,
      TRUSTED_PROXIES: 0,
      LOG_LEVEL: 'info',
      isHttps: false,
    });
  });

  it('takes origins without path, and an empty variable as none', () => {
    const env = parseEnv({ ...testVariables(), WEB_URL: 'https://meet.example.org/', SIGNAL_INTERNAL_URL: '' });
    expect(env).toMatchObject({
      WEB_URL: 'https://meet.example.org',
      isHttps: true,
      SIGNAL_INTERNAL_URL: env.SIGNAL_URL,
    });
  });

  it.each([
    ['DATABASE_URL', undefined, 'DATABASE_URL is not set.'],
    ['DATABASE_URL', 'mysql://x/y', 'DATABASE_URL is wrong: it must look like postgresql://'],
    ['WEB_URL', 'localhost:3000', 'WEB_URL is wrong: it must be an http or https address.'],
    ['INVITE_SECRET', 'short', 'INVITE_SECRET is wrong: it must have at least 32 characters.'],
    ['MESH_MAX_PARTICIPANTS', 'many', 'MESH_MAX_PARTICIPANTS is wrong: it must be a number from 2 to 50.'],
    ['MESH_MAX_PARTICIPANTS', '51', 'MESH_MAX_PARTICIPANTS is wrong: it must be a number from 2 to 50.'],
    ['MESH_MAX_PARTICIPANTS', '2.5', 'MESH_MAX_PARTICIPANTS is wrong: it must be a whole number from 2 to 50.'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is wrong: it must be one of trace, debug'],
    ['TICKET_PRIVATE_KEY', 'bm9uc2Vuc2U=', 'TICKET_PRIVATE_KEY is wrong: it must be the base64 of a PKCS8 PEM'],
    [
      'TICKET_PUBLIC_KEY',
      ticketKeys().TICKET_PUBLIC_KEY,
      'TICKET_PUBLIC_KEY is wrong: it does not hold the public half',
    ],
  ])('names %s when it is %s, and does not tell its value', (name, value, sentence) => {
    const act = () => parseEnv({ ...testVariables(), [name]: value });
    expect(act).toThrow(EnvironmentError);
    expect(act).toThrow(sentence);
    if (value && value.length > 8) expect(act).not.toThrow(value);
  });

  it('names everything that is wrong at once', () => {
    expect(() => parseEnv({})).toThrow(/DATABASE_URL is not set\..*NEXTAUTH_SECRET is not set\./u);
  });

  it('takes a second public key, for the time of a change', () => {
    const variables = testVariables();
    const both = `${ticketKeys().TICKET_PUBLIC_KEY},${variables.TICKET_PUBLIC_KEY}`;
    const env = parseEnv({ ...variables, TICKET_PUBLIC_KEY: both });
    expect(env.TICKET_PUBLIC_KEY.map((key) => key.id)).toContain(env.TICKET_PRIVATE_KEY.id);
    expect(env.TICKET_PUBLIC_KEY).toHaveLength(2);
  });
});

describe('a secret', () => {
  it('shows itself only when it is unwrapped', () => {
    const secret = new Secret('hush');
    expect([`${String(secret)}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain('hush');
    expect(secret.unwrap()).toBe('hush');
  });
});
