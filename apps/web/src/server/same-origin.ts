import { env } from './env';

/**
 * Whether a write may come from this request: only pages of ours may write with the cookies of this browser. Browsers say where a
 * request comes from in Sec-Fetch-Site (Fetch Metadata) and Origin (RFC 6454); one that says neither is refused. Another port of
 * the same host gets the same cookies but is another origin, so it is refused too.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  return headers.get('origin') === env().WEB_URL;
}
