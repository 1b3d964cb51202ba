import { openDatabase, type PrismaClient } from '@parley/db/client';
import { env } from './env';

// On globalThis: a reload in development, and the proxy's own bundle, must not each open a pool of connections.
const shared = globalThis as { parleyDatabase?: PrismaClient };

/** The database. Connects on the first query. */
export function database(): PrismaClient {
  return (shared.parleyDatabase ??= openDatabase(env().DATABASE_URL.unwrap()));
}

/** A client, or the transaction one is in. */
export type Db = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'>;

const AWAY_CODES = new Set([
  // Prisma: cannot reach, timed out, pool exhausted while connecting, server closed the connection
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'],
  // Node
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'],
  // PostgreSQL: shutting down, starting up, too many connections, broken connections
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
]);
const AWAY_WORDS =
  /connection terminated|timeout exceeded when trying to connect|server closed the connection|can't reach database/iu;

/** Whether `error` says that the database cannot be reached now (and not that the query was wrong). */
export function isDatabaseAway(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 6; e = e.cause, depth++) {
    const { code, errorCode } = e as { code?: unknown; errorCode?: unknown };
    if (AWAY_CODES.has(String(code)) || AWAY_CODES.has(String(errorCode)) || AWAY_WORDS.test(e.message)) return true;
    const { meta } = e as { meta?: { driverAdapterError?: unknown } };
    if (meta?.driverAdapterError instanceof Error && isDatabaseAway(meta.driverAdapterError)) return true;
  }
  return false;
}
