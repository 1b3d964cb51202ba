import type { WebRefusal } from './answer';
import { isDatabaseAway } from './database';
import { log, loggedPath } from './log';
import { isSameOrigin } from './same-origin';

const STATUS: Readonly<Partial<Record<WebRefusal, number>>> = {
  malformed: 400,
  'not-signed-in': 401,
  'not-found': 404,
  removed: 403,
  'wrong-origin': 403,
  'database-away': 503,
  'too-many-attempts': 429,
};

/** Thrown in a route handler under `respond`: answers with the code and its status. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly code: WebRefusal,
    readonly retryAfterS?: number,
  ) {
    super(code);
  }
}

/** Refuses a write that does not come from a page of ours. The first line of every route handler that writes. @throws RequestRefused */
export function requireSameOrigin(request: Request): void {
  if (!isSameOrigin(request.headers)) throw new RequestRefused('wrong-origin');
}

/** The answer to a refused request: `{"error":{"code":...}}`. */
export function refusedResponse(code: WebRefusal, retryAfterS?: number): Response {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  const after = retryAfterS ?? (code === 'database-away' ? 5 : undefined);
  if (after !== undefined) headers['retry-after'] = String(after);
  return Response.json({ error: { code } }, { status: STATUS[code] ?? 400, headers });
}

/** Wraps a route handler: a RequestRefused and an absent database are answered, anything else is logged and answered 500. */
export function respond<Context>(
  handle: (request: Request, context: Context) => Promise<Response>,
): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (error) {
      if (error instanceof RequestRefused) return refusedResponse(error.code, error.retryAfterS);
      if (isDatabaseAway(error)) return refusedResponse('database-away');
      log().error({ err: error, path: loggedPath(new URL(request.url).pathname) }, 'request failed');
      return Response.json({ error: { code: 'internal' } }, { status: 500, headers: { 'cache-control': 'no-store' } });
    }
  };
}

/** Reads a JSON body of at most `maxBytes`. @throws RequestRefused malformed */
export async function readJson(request: Request, maxBytes = 65_536): Promise<unknown> {
  try {
    return JSON.parse(await readText(request, maxBytes)) as unknown;
  } catch {
    throw new RequestRefused('malformed');
  }
}

/** Reads a body of at most `maxBytes` as text, without holding more than that. @throws RequestRefused malformed */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RequestRefused('malformed');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
