import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/u, '');

/**
 * Who is at the other end of a handshake: the address itself or, with `proxies` of ours in front, the entry of
 * `X-Forwarded-For` that the outermost of them wrote. Null for a process of this machine that stands in for nobody.
 */
export function clientAddress(remote: string, headers: IncomingHttpHeaders, proxies: number): string | null {
  const entries = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const forwarded = proxies > 0 ? plain((entries.at(-proxies) ?? '').trim()) : '';
  if (isIP(forwarded) !== 0) return forwarded;
  const address = plain(remote);
  return address === '::1' || address.startsWith('127.') ? null : address;
}
