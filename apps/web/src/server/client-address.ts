import { env } from './env';

/**
 * The address a request came from, as counted by the limits on attempts. Without a proxy of ours in front, instrumentation.ts
 * has set X-Forwarded-For to the socket's peer and thrown away what the sender wrote; with n proxies the n-th entry from the
 * right is the first that one of ours wrote.
 */
export function clientAddress(headers: Headers): string {
  const entries = (headers.get('x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const address = entries.at(-Math.max(1, env().TRUSTED_PROXIES)) ?? '';
  return subscriber(address) || 'unknown';
}

/** An IPv6 subscriber holds at least a /64: counting single addresses would not limit anybody. */
function subscriber(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/u, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head.split(':').filter(Boolean);
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const tailGroups = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - tailGroups.length) }, () => '0');
  return [...groups, ...zeros, ...tailGroups].slice(0, 4).join(':');
}
