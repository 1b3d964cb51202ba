import { database } from './database';

/** How long an answer of the database counts, ms: a burst of page loads asks once. */
const FRESH_MS = 500;
/** A page waits this long for a database that hangs. */
const PATIENCE_MS = 3_500;

let last: { readonly at: number; readonly reachable: Promise<boolean> } | undefined;

/**
 * Whether the database answers now. A page's status is fixed once it streams, so proxy.ts asks before any page is rendered.
 * Costs one `SELECT 1` per half second.
 */
export function isDatabaseReachable(): Promise<boolean> {
  const now = Date.now();
  if (!last || now - last.at > FRESH_MS) last = { at: now, reachable: probe() };
  return last.reachable;
}

async function probe(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const query = database().$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([query, patience]);
  } finally {
    clearTimeout(timer);
  }
}
