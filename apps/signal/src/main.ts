import pino from 'pino';
import { systemClock } from './clock';
import { type Env, EnvironmentError, parseEnv } from './env';
import { startServer } from './server';

/** sysexits.h's EX_CONFIG: a wrong variable, so that starting again is in vain. `npm start` ends at it. */
const EXIT_WRONG_VARIABLE = 78;

function endFor(error: EnvironmentError): never {
  process.stderr.write(`\nParley signal cannot start. ${error.message}\n`);
  process.exit(EXIT_WRONG_VARIABLE);
}

function readEnv(): Env {
  try {
    return parseEnv(process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return endFor(error);
  }
}

const env = readEnv();
const logger = pino({ level: env.LOG_LEVEL, base: { service: 'signal' } });

try {
  const server = await startServer({
    port: env.SIGNAL_PORT,
    ...(env.SIGNAL_HOST === undefined ? {} : { host: env.SIGNAL_HOST }),
    origins: [...env.WEB_URL, ...(env.SIGNAL_URL === undefined ? [] : [env.SIGNAL_URL])],
    webUrl: env.WEB_INTERNAL_URL ?? env.WEB_URL[0]!,
    dataDir: env.DATA_DIR,
    ticketPublicKey: env.TICKET_PUBLIC_KEY,
    reportSecret: env.REPORT_SECRET,
    ice: { stunUrls: env.STUN_URLS, turnUrls: env.TURN_URLS, turnSecret: env.TURN_SECRET },
    maxParticipants: env.MESH_MAX_PARTICIPANTS,
    trustedProxies: env.TRUSTED_PROXIES,
    clock: systemClock,
    logger,
  });
  const end = () => void server.stop().then(() => process.exit(0));
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // A test that forks us holds the other end of this channel and waits for our word; when it vanishes, so do we.
  if (process.channel) process.on('disconnect', end);
  process.send?.({ type: 'ready', port: server.port });
} catch (error) {
  // Some variables show only in use that they are wrong: a folder, an address to listen on.
  if (error instanceof EnvironmentError) endFor(error);
  logger.fatal(error instanceof Error ? error.message : error);
  process.exit(1);
}
