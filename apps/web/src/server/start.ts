import { env, EnvironmentError } from './env';
import { distrustForwardedHeaders } from './forwarded-headers';
import { log } from './log';

/** sysexits.h's EX_CONFIG: a wrong variable, so that starting again is in vain. `npm start` ends at it. */
const EXIT_WRONG_VARIABLE = 78;

/** What happens once when the server starts, before it takes requests. A wrong variable ends the process with a sentence that names it. */
export function start(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`\nParley web cannot start. ${error.message}\n`);
    process.exit(EXIT_WRONG_VARIABLE);
  }
  // Recordings and uploads are for nobody else on this machine, whatever DATA_DIR was made with.
  process.umask(0o077);
  // next-auth builds its addresses from this one.
  process.env.NEXTAUTH_URL = env().WEB_URL;
  if (env().TRUSTED_PROXIES === 0) distrustForwardedHeaders();
  log().info({ url: env().WEB_URL, signal: env().SIGNAL_INTERNAL_URL }, 'web started');
}
