import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { env, EnvironmentError } from './env';
import { log } from './log';

/** What happens once when the server starts, before it takes requests. A wrong variable ends the process with a sentence that names it. */
export function start(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`\nParley web cannot start. ${error.message}\n`);
    process.exit(1);
  }
  // next-auth builds its addresses from this one.
  process.env.NEXTAUTH_URL = env().WEB_URL;
  if (env().TRUSTED_PROXIES === 0) distrustForwardedHeaders();
  log().info({ url: env().WEB_URL, signal: env().SIGNAL_INTERNAL_URL }, 'web started');
}

/**
 * Nobody of ours stands in front, so forwarding headers are the sender's own words: they would get round the limits on attempts,
 * which count by address. Next keeps them when they are there, so they are replaced as each request arrives.
 */
function distrustForwardedHeaders(): void {
  subscribe('http.server.request.start', (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    headers['x-forwarded-for'] = socket.remoteAddress ?? 'unknown';
    for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded', 'x-real-ip'])
      Reflect.deleteProperty(headers, name);
  });
}
