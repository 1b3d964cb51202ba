import { subscriber } from '@parley/protocol/subscriber';
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
