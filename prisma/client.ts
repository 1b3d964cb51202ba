import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client';

export { Prisma, PrismaClient, TakeState } from './generated/client';
export type {
  Admission,
  Attendance,
  Ban,
  ChatMessage,
  Invite,
  Meeting,
  RecordingTrack,
  RoomSession,
  Seat,
  Take,
  User,
} from './generated/client';

/** How long a query waits for the server before it counts as away, ms: a page must say so while somebody is still looking at it. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Opens the database at `url` (postgresql://user:password@host:port/name). Connects on the first query.
 * @param poolSize most connections of this process. Ten are enough for pages; PostgreSQL's default is a hundred for everybody.
 */
export function openDatabase(url: string, poolSize = 10): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    },
    // A dropped idle connection is replaced by the pool; without a listener it would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  return new PrismaClient({ adapter, errorFormat: 'minimal' });
}
