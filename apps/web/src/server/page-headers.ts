interface PageHeaderOptions {
  readonly nonce: string;
  /** Public address of signal: the page talks to it over http and WebSocket. */
  readonly signalUrl: string;
  readonly isHttps: boolean;
  /** `next dev`: React and the hot reload evaluate code and open a WebSocket. */
  readonly isDev: boolean;
}

/**
 * The Content-Security-Policy of a page (CSP level 3). Scripts run by nonce alone; `'strict-dynamic'` lets those load their
 * chunks. Styles may be inline: React and Radix set style attributes, which run nothing.
 */
function contentSecurityPolicy({ nonce, signalUrl, isDev }: PageHeaderOptions): string {
  const signalSocket = signalUrl.replace(/^http/u, 'ws');
  const directives: Record<string, string> = {
    'default-src': `'self'`,
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${isDev ? ` 'unsafe-eval'` : ''}`,
    'style-src': `'self' 'unsafe-inline'`,
    'img-src': `'self' data: blob:`,
    'font-src': `'self'`,
    'media-src': `'self' blob:`,
    'worker-src': `'self' blob:`,
    'connect-src': `'self' ${signalUrl} ${signalSocket}${isDev ? ' ws: wss:' : ''}`,
    'object-src': `'none'`,
    'base-uri': `'none'`,
    'form-action': `'self'`,
    'frame-ancestors': `'none'`,
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** Sets the policy and what depends on this installation; the headers that never change are in next.config.ts. */
export function setPageHeaders(headers: Headers, pathname: string, options: PageHeaderOptions): void {
  headers.set('content-security-policy', contentSecurityPolicy(options));
  if (options.isHttps) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  // The address of an invite is the invite: it must not travel in a Referer, not even to ourselves.
  if (pathname.startsWith('/j/')) headers.set('referrer-policy', 'no-referrer');
}
