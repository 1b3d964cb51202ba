import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { subscriber } from '@parley/protocol/subscriber';

/**
 * Whose handshake it is, as handshakes are counted: by the address itself or, with `proxies` of ours in front, the entry of
 * `X-Forwarded-For` that the outermost of them wrote. Null for a process of this machine that stands in for nobody.
 */
export function clientAddress(remote: string, headers: IncomingHttpHeaders, proxies: number): string | null {
  const entries = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const forwarded = proxies > 0 ? (entries.at(-proxies) ?? '').trim() : '';
  if (isIP(forwarded) !== 0) return subscriber(forwarded);
  const counted = subscriber(remote);
  return remote === '::1' || counted.startsWith('127.') ? null : counted;
}
