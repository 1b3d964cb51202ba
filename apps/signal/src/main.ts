import pino from 'pino';
import { systemClock } from './clock';
import { parseEnv } from './env';
import { type SignalServer, startServer } from './server';

const logger = pino({ level: process.env.LOG_LEVEL ?? 'info', base: { service: 'signal' } });

async function start(): Promise<SignalServer> {
  const env = parseEnv(process.env);
  logger.level = env.LOG_LEVEL;
  return startServer({
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
}

try {
  const server = await start();
  const end = () => void server.stop().then(() => process.exit(0));
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // The start script holds the other end of this channel: when it vanishes, so does signal.
  if (process.channel) process.on('disconnect', end);
  process.send?.({ type: 'ready', port: server.port });
} catch (error) {
  logger.fatal(error instanceof Error ? error.message : error);
  process.exit(1);
}
