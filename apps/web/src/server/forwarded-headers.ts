import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Nobody of ours stands in front, so forwarding headers are the sender's own words: they would get round the limits on attempts,
 * which count by address. Next keeps them when they are there, so they are replaced as each request arrives.
 */
export function distrustForwardedHeaders(): void {
  subscribe('http.server.request.start', (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    headers['x-forwarded-for'] = socket.remoteAddress ?? 'unknown';
    for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded', 'x-real-ip'])
      Reflect.deleteProperty(headers, name);
  });
}
