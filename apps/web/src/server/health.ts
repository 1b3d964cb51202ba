import { isDatabaseReachable } from './database-probe';
import { env } from './env';

/** What `GET /api/health` answers: `down` when web cannot do its work; parts that are away are named. */
export type Health =
  | { readonly status: 'ok'; readonly away: readonly 'signal'[] }
  | { readonly status: 'down'; readonly reason: string; readonly away: readonly ('database' | 'signal')[] };

export async function health(): Promise<Health> {
  const [databaseHere, signalHere] = await Promise.all([isDatabaseReachable(), isSignalReachable()]);
  const signalAway = signalHere ? [] : (['signal'] as const);
  if (databaseHere) return { status: 'ok', away: signalAway };
  return { status: 'down', reason: 'The database does not answer.', away: ['database', ...signalAway] };
}

async function isSignalReachable(): Promise<boolean> {
  try {
    const response = await fetch(new URL('/health', env().SIGNAL_INTERNAL_URL), { signal: AbortSignal.timeout(1_500) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
