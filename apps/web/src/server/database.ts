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
  // Prisma: cannot reach, timed out, no such database, server closed the connection, pool or connections exhausted
  ...['P1001', 'P1002', 'P1003', 'P1008', 'P1017', 'P2024', 'P2037'],
  // Node
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
  // PostgreSQL: shutting down, starting up, too many connections, broken connections, no such database
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006', '3D000'],
]);
const AWAY_WORDS = new RegExp(
  [
    // pg: cut while at work, cut before, or not made in time
    'connection terminated|client has encountered a connection error|timeout exceeded when trying to connect',
    // PostgreSQL and Prisma
    "server (has )?closed the connection|can't reach database",
    // Prisma: no connection for a transaction in time, or one that took too long, as with a database that hardly answers
    'unable to start a transaction in the given time|on an expired transaction',
  ].join('|'),
  'iu',
);

/** Null in place of what could not be written because what it belongs to was deleted meanwhile. */
export async function unlessDeleted<T>(write: Promise<T>): Promise<T | null> {
  try {
    return await write;
  } catch (error) {
    if ((error as { code?: string }).code === 'P2003') return null;
    throw error;
  }
}

/** Whether `error` says that the database cannot be reached now, or not in time (and not that the query was wrong). */
export function isDatabaseAway(error: unknown): boolean {
  // Prisma wraps the adapter's error in `meta`, the adapter wraps PostgreSQL's in a `cause` that is no Error.
  let wrapped: unknown = error;
  for (let depth = 0; depth < 6 && typeof wrapped === 'object' && wrapped !== null; depth++) {
    const { code, originalCode, errorCode, message, cause, meta } = wrapped as {
      readonly [name: string]: unknown;
      readonly meta?: { readonly driverAdapterError?: unknown };
    };
    if ([code, originalCode, errorCode].some((c) => typeof c === 'string' && AWAY_CODES.has(c))) return true;
    if (typeof message === 'string' && AWAY_WORDS.test(message)) return true;
    wrapped = meta?.driverAdapterError ?? cause;
  }
  return false;
}
