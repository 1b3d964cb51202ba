import { openDatabase } from '@parley/db/client';
import { createTestDatabase } from '@parley/db/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isDatabaseAway } from './database';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

describe('an absent database', () => {
  it('is told when nobody listens, or no such host exists', async () => {
    for (const host of ['127.0.0.1:9', 'nowhere.invalid:5432']) {
      const db = openDatabase(`postgresql://a:b@${host}/x`);
      expect(isDatabaseAway(await failureOf(db.user.count())), host).toBe(true);
      expect(isDatabaseAway(await failureOf(db.$queryRaw`SELECT 1`)), host).toBe(true);
      expect(isDatabaseAway(await failureOf(db.$transaction((tx) => tx.user.count()))), host).toBe(true);
      await db.$disconnect();
    }
  });

  it('is told when the server ends the connection, idle or at work, and when it is there again', async () => {
    const { url, drop } = await createTestDatabase();
    const [db, killer] = [openDatabase(url, 2), openDatabase(url, 1)];
    const end = () =>
      killer.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await db.user.count();
    const working = failureOf(db.$queryRaw`SELECT pg_sleep(30)::text`);
    await expect
      .poll(
        () =>
          killer.$queryRaw`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`,
      )
      .toHaveLength(1);
    await end();
    expect(isDatabaseAway(await working)).toBe(true);
    expect(await db.user.count()).toBe(0);
    await killer.$disconnect();
    await drop();
    await db.$disconnect();
  });

  it('is told when a connection is used that has broken before', async () => {
    const { url, drop } = await createTestDatabase();
    const client = new pg.Client({ connectionString: url });
    const broken = new Promise((resolve) => client.once('error', resolve).on('error', () => undefined));
    await client.connect();
    await drop();
    await broken;
    expect(isDatabaseAway(await failureOf(client.query('SELECT 1')))).toBe(true);
  });

  it('is told when it is so slow that a transaction runs out of time', async () => {
    const { url, drop } = await createTestDatabase();
    const db = openDatabase(url);
    const slow = db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT pg_sleep(0.3)::text`;
        await tx.user.count();
      },
      { timeout: 100 },
    );
    expect(isDatabaseAway(await failureOf(slow))).toBe(true);
    await db.$disconnect();
    await drop();
  });

  it('is told when the database was taken away', async () => {
    const { url, drop } = await createTestDatabase();
    const db = openDatabase(url);
    await db.user.count();
    await drop();
    expect(isDatabaseAway(await failureOf(db.user.count()))).toBe(true);
    await db.$disconnect();
  });

  it('is not told when the query is wrong, or breaks a rule', async () => {
    const { url, drop } = await createTestDatabase();
    const db = openDatabase(url);
    const user = { name: 'Ada', email: 'ada@example.org', passwordHash: '-' };
    await db.user.create({ data: user });
    expect(isDatabaseAway(await failureOf(db.user.create({ data: user })))).toBe(false);
    expect(isDatabaseAway(await failureOf(db.$queryRaw`SELECT nonsense`))).toBe(false);
    expect(isDatabaseAway(new Error('timeout'))).toBe(false);
    expect(isDatabaseAway(undefined)).toBe(false);
    await db.$disconnect();
    await drop();
  });
});
