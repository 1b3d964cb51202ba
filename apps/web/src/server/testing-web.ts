import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { createTestDatabase } from '@parley/db/testing';
import { closeAttempts } from './attempts';
import { database } from './database';
import { createMeeting } from './meetings';
import type { Viewer } from './viewer';

/** An environment and a database for one test file. */
export interface WebTestbed {
  /** Somebody signed in, with a new account. */
  person(name: string): Promise<Viewer & { readonly user: NonNullable<Viewer['user']> }>;
  /** A meeting of `owner`. */
  meeting(owner: Viewer): Promise<{ id: string; slug: string }>;
  /** Takes the database away at once. */
  dropDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** A pair of ticket keys as the environment has them. */
export function ticketKeys(): { TICKET_PRIVATE_KEY: string; TICKET_PUBLIC_KEY: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const oneLine = (pem: string | Buffer): string => Buffer.from(pem).toString('base64');
  return {
    TICKET_PRIVATE_KEY: oneLine(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    TICKET_PUBLIC_KEY: oneLine(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

/** Every variable that has no default. */
export function testVariables(): Record<string, string> {
  return {
    WEB_URL: 'http://localhost:3100',
    // Nobody listens there: control calls are tried and let go.
    SIGNAL_URL: 'http://127.0.0.1:9',
    DATA_DIR: tmpdir(),
    DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:9/parley',
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    INVITE_SECRET: randomBytes(32).toString('hex'),
    REPORT_SECRET: randomBytes(32).toString('hex'),
    ...ticketKeys(),
    LOG_LEVEL: 'silent',
  };
}

/** Call once per test file, before anything reads the environment: it is read once. */
export async function webTestbed(variables: Readonly<Record<string, string>> = {}): Promise<WebTestbed> {
  const testDatabase = await createTestDatabase();
  Object.assign(process.env, testVariables(), { DATABASE_URL: testDatabase.url }, variables);
  return {
    async person(name) {
      const email = `${name.toLowerCase()}-${randomBytes(4).toString('hex')}@example.org`;
      const user = await database().user.create({ data: { name, email, passwordHash: '-' } });
      return { user: { id: user.id, name, email, locale: null }, guestId: null };
    },
    async meeting(owner) {
      if (!owner.user) throw new Error('A guest owns no meeting.');
      return createMeeting(owner.user, 'Design review');
    },
    dropDatabase: () => testDatabase.drop(),
    async close() {
      await Promise.all([database().$disconnect(), closeAttempts()]);
      await testDatabase.drop();
    },
  };
}
