import { fork, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@parley/db/testing';
import type { OpenTakeReply } from '@parley/protocol/recording';
import { database } from './database';
import { openTake } from './takes';
import type { Viewer } from './viewer';

/** A meeting with a session, and people around it, in a database and a data folder of their own. For tests. */
export interface RecordingTestbed {
  readonly dataDir: string;
  readonly meeting: string;
  readonly session: string;
  /** owner; somebody who was there; somebody who was not; a guest who was there; nobody. */
  readonly viewers: Readonly<Record<'owner' | 'attendee' | 'stranger' | 'guest' | 'nobody', Viewer>>;
  /** Opens a take as the owner. With `started`, the room has heard of it, in the session. */
  openTake(started?: boolean): Promise<OpenTakeReply & { upload: NonNullable<OpenTakeReply['upload']> }>;
  close(): Promise<void>;
}

/** Call once per test file: the environment of a process is read once. */
export async function recordingTestbed(variables: Readonly<Record<string, string>> = {}): Promise<RecordingTestbed> {
  const testDatabase = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parley-recordings-'));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const oneLine = (pem: string | Buffer): string => Buffer.from(pem).toString('base64');
  Object.assign(process.env, {
    WEB_URL: 'http://localhost:3200',
    DATA_DIR: dataDir,
    DATABASE_URL: testDatabase.url,
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    INVITE_SECRET: randomBytes(32).toString('hex'),
    REPORT_SECRET: randomBytes(32).toString('hex'),
    TICKET_PRIVATE_KEY: oneLine(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    TICKET_PUBLIC_KEY: oneLine(publicKey.export({ type: 'spki', format: 'pem' })),
    LOG_LEVEL: 'silent',
    ...variables,
  });

  const person = async (name: string): Promise<Viewer> => {
    const email = `${name.toLowerCase()}@example.org`;
    const user = await database().user.create({ data: { name, email, passwordHash: '-' } });
    return { user: { id: user.id, name, email, locale: null }, guestId: null };
  };
  const [owner, attendee, stranger] = await Promise.all(['Olga', 'Attila', 'Stran'].map(person));
  if (!owner?.user || !attendee?.user || !stranger) throw new Error('unreachable');
  const meeting = await database().meeting.create({
    data: { slug: randomBytes(9).toString('base64url'), title: 'Design review', ownerId: owner.user.id },
  });
  const session = await database().roomSession.create({
    data: { id: randomBytes(9).toString('base64url'), meetingId: meeting.id, startedAt: new Date() },
  });
  const startedAt = Date.now();
  const there = (name: string, userId: string | null, afterMs: number) => ({
    sessionId: session.id,
    participantId: randomBytes(9).toString('base64url'),
    name,
    userId,
    guest: userId === null,
    joinedAt: new Date(startedAt + afterMs),
  });
  await database().attendance.createMany({
    data: [there('Olga', owner.user.id, 0), there('Attila', attendee.user.id, 1), there('Gundula', null, 2)],
  });

  return {
    dataDir,
    meeting: meeting.id,
    session: session.id,
    viewers: {
      owner,
      attendee,
      stranger,
      guest: { user: null, guestId: 'guestguestguestguestgu' },
      nobody: { user: null, guestId: null },
    },
    async openTake(started = true) {
      const opened = await openTake(owner, { meeting: meeting.id, destination: 'server' });
      if (!opened.ok || !opened.value.upload) throw new Error('the take was refused');
      if (started) {
        await database().take.update({
          where: { id: opened.value.take },
          data: { state: 'recording', sessionId: session.id, startedAt: new Date() },
        });
      }
      return { ...opened.value, upload: opened.value.upload };
    },
    async close() {
      await database().$disconnect();
      await testDatabase.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Polls until `check` gives something other than null, false or undefined. */
export async function eventually<T>(check: () => Promise<T | null | false | undefined>, withinMs = 20_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value !== null && value !== false && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The recording side of web in a process of its own, with this one's environment, and where it listens; with `jobs`, it also
 * makes recordings ready.
 */
export async function startUploadServer({ jobs = false } = {}): Promise<{ process: ChildProcess; url: string }> {
  const program = fileURLToPath(new URL('./testing-upload-server.ts', import.meta.url));
  const child = fork(program, jobs ? ['jobs'] : [], { execArgv: ['--import', 'tsx'] });
  const [url] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the upload server ended with ${code} before it listened`);
    }),
  ])) as [string];
  return { process: child, url };
}
