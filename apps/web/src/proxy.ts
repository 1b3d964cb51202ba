import { type NextRequest, NextResponse } from 'next/server';
import { isLocale, LOCALE_COOKIE, negotiateLocale } from './i18n/locale';
import { awayPage } from './server/away-page';
import { isDatabaseReachable } from './server/database-probe';
import { env } from './server/env';
import { setPageHeaders } from './server/page-headers';
import { WANTED_PATH_HEADER } from './server/right-host';
import { isSameOrigin } from './server/same-origin';

/** Names of this machine. To a browser each is a site of its own, so cookies would not follow. */
const LOOPBACK_NAMES = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Stands before every page (route handlers under /api guard themselves): one host name, writes from our own pages only, no page
 * without its database, a fresh nonce for each.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { WEB_URL, SIGNAL_URL, TRUSTED_PROXIES, isHttps } = env();
  const { pathname, search } = request.nextUrl;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // After an action's redirect Next asks itself for the next page, by the address it listens on.
  const isAskedByNext = (request.headers.get('accept') ?? '').includes('text/x-component');

  // Behind a proxy of ours the host is the proxy's affair; it may well call us by such a name.
  if (isRead && !isAskedByNext && TRUSTED_PROXIES === 0 && isOtherLoopbackName(request.headers.get('host'), WEB_URL)) {
    const headers = new Headers(request.headers);
    headers.set(WANTED_PATH_HEADER, pathname + search);
    return NextResponse.rewrite(new URL('/api/right-host', request.url), { request: { headers } });
  }

  const options = {
    nonce: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
    signalUrl: SIGNAL_URL,
    isHttps,
    isDev: process.env.NODE_ENV === 'development',
  };
  let response: NextResponse;
  if (!isRead && !isSameOrigin(request.headers)) {
    response = new NextResponse('This did not come from a page of Parley.', { status: 403 });
  } else if (isRead && !(await isDatabaseReachable())) {
    response = new NextResponse(awayPage(localeOf(request)), {
      status: 503,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '10' },
    });
  } else {
    const headers = new Headers(request.headers);
    headers.set('x-nonce', options.nonce);
    // Next compares an action's origin, checked above, with the host it was called by: a proxy may have called us by another.
    if (!isRead && request.headers.get('origin') === WEB_URL) headers.set('x-forwarded-host', new URL(WEB_URL).host);
    // Next reads the nonce out of the policy and puts it on its own scripts.
    setPageHeaders(headers, pathname, options);
    response = NextResponse.next({ request: { headers } });
  }
  setPageHeaders(response.headers, pathname, options);
  return response;
}

function isOtherLoopbackName(host: string | null, webUrl: string): boolean {
  if (!host || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return LOOPBACK_NAMES.has(hostname) && hostname !== new URL(webUrl).hostname;
}

function localeOf(request: NextRequest) {
  const chosen = request.cookies.get(LOCALE_COOKIE)?.value;
  return isLocale(chosen) ? chosen : negotiateLocale(request.headers.get('accept-language'));
}

export const config = {
  // Not /api: Next cuts the bodies of requests that come through here at 10 MB (docs/facts.md), and uploads are larger.
  matcher: ['/((?!api/|_next/static/|_next/image|icon\\.svg$).*)'],
};
