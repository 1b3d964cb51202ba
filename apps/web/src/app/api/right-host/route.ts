import { onRightHost, WANTED_PATH_HEADER } from '../../../server/right-host';

/**
 * Where proxy.ts sends requests for 127.0.0.1: leads to the same path on the host of WEB_URL. Next would make a redirect of the
 * proxy itself relative, and the browser would go round in circles.
 */
export function GET(request: Request): Response {
  const location = onRightHost(request.headers.get(WANTED_PATH_HEADER) ?? '/');
  return new Response(null, { status: 307, headers: { location, 'cache-control': 'no-store' } });
}
