import { type Logger, pino } from 'pino';
import { env } from './env';

let root: Logger | undefined;

/**
 * The log of this process: pino JSON on stdout, one line at info for each lifecycle transition (docs/logging.md).
 * Secrets are instances of `Secret`; the paths below catch what a request object would bring along.
 */
export function log(): Logger {
  return (root ??= pino({
    name: 'web',
    level: env().LOG_LEVEL,
    redact: {
      paths: ['ticket', 'grant', 'permit', 'token', 'password', 'cookie', 'authorization'].flatMap((name) => [
        name,
        `*.${name}`,
        `*.headers.${name}`,
      ]),
      censor: '<secret>',
    },
  }));
}

/** An address as it may stand in a log: without the invite's token and without its query. */
export function loggedPath(pathname: string): string {
  return pathname.replace(/^\/j\/.+/u, '/j/<secret>').replace(/\?.*$/u, '');
}
