import { health } from '../../../server/health';

export const dynamic = 'force-dynamic';

/** 200 when web can do its work, 503 with the reason when it cannot; parts that are away are named in `away`. */
export async function GET(): Promise<Response> {
  const state = await health();
  return Response.json(state, { status: state.status === 'ok' ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
