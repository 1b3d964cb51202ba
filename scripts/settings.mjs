import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { root } from './run.mjs';
import { Trouble } from './say.mjs';

/**
 * Reads `file`, made by `make` on the first start, mode 0600. It is there whole or not at all, however that start ends, and of
 * two at once both read the same.
 */
export function keptSecret(file, make) {
  if (!existsSync(file)) {
    const part = `${file}.${process.pid}.part`;
    writeFileSync(part, make(), { mode: 0o600, flush: true });
    try {
      linkSync(part, file);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(part);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

const base64 = (text) => Buffer.from(text).toString('base64');

/** A key pair for tickets: PEM in one line of base64, as TICKET_PRIVATE_KEY and TICKET_PUBLIC_KEY want it. */
export function ticketKeyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    private: base64(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    public: base64(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

/** Secrets that are not given are made once and kept, so that restarts keep sessions, invites and tickets alive. */
function secrets(dataDir, env) {
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
  const kept = (name, make) => keptSecret(join(dataDir, 'keys', name), make);
  const random = (name) => env[name] || kept(name.toLowerCase(), () => randomBytes(32).toString('base64url'));
  if (Boolean(env.TICKET_PRIVATE_KEY) !== Boolean(env.TICKET_PUBLIC_KEY)) {
    throw new Trouble('TICKET_PRIVATE_KEY and TICKET_PUBLIC_KEY belong together: set both or neither.');
  }
  let pair = { private: env.TICKET_PRIVATE_KEY, public: env.TICKET_PUBLIC_KEY };
  if (!pair.private) {
    pair = JSON.parse(kept('ticket.json', () => JSON.stringify(ticketKeyPair())));
  }
  return {
    NEXTAUTH_SECRET: random('NEXTAUTH_SECRET'),
    INVITE_SECRET: random('INVITE_SECRET'),
    REPORT_SECRET: random('REPORT_SECRET'),
    TICKET_PRIVATE_KEY: pair.private,
    TICKET_PUBLIC_KEY: pair.public,
  };
}

function port(env, name, fallback) {
  const text = env[name] || String(fallback);
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new Trouble(`${name} must be a port from 1 to 65535, not "${text}".`);
  return value;
}

/** A port of 127.0.0.1 that nobody has at the moment. */
export function freePort() {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolvePort(free));
    });
  });
}

/** The error of listening on a port there, or null when nobody has it. */
function listenError(number, host) {
  return new Promise((resolveError) => {
    const server = createServer();
    server.once('error', resolveError);
    server.listen(number, host, () => server.close(() => resolveError(null)));
  });
}

/**
 * Throws a sentence that names port and variable when something listens there already, or on the same port of ::1: that is where
 * a browser looks first for "localhost".
 */
export async function requireFree(number, variable, host) {
  const six = await listenError(number, '::1');
  const error = (await listenError(number, host)) ?? (six?.code === 'EADDRINUSE' ? six : null);
  if (!error) return;
  throw new Trouble(
    error.code === 'EADDRINUSE'
      ? `Port ${number} is in use by another program. End that program, or set ${variable} to another port, for example: ${variable}=${number + 10} npm start`
      : `Port ${number} (${variable}) cannot be opened: ${error.message}`,
  );
}

/**
 * What to start and how, from the environment (docs/operations.md).
 * @param {NodeJS.ProcessEnv} env
 */
export function readSettings(env) {
  const dataDir = resolve(root, env.DATA_DIR || '.parley');
  const webPort = port(env, 'WEB_PORT', 3000);
  const signalPort = port(env, 'SIGNAL_PORT', 4000);
  if (webPort === signalPort)
    throw new Trouble(`WEB_PORT and SIGNAL_PORT are both ${webPort}; set one of them to another port.`);
  const url = (name, fallback) => {
    const text = env[name] || fallback;
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
      throw new Trouble(`${name} must be an http or https address, not "${text}".`);
    return new URL(text).origin;
  };
  const webUrl = url('WEB_URL', `http://localhost:${webPort}`);
  const signalUrl = url('SIGNAL_URL', `http://localhost:${signalPort}`);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return { dataDir, webPort, signalPort, webUrl, signalUrl, secrets: secrets(dataDir, env) };
}

/** Where a service listens: on this machine alone, unless its public address names another host. */
export const bindAddress = (publicUrl) => (isLoopback(publicUrl) ? '127.0.0.1' : '0.0.0.0');

/** Whether the host of an address is this machine's own name for itself. */
export const isLoopback = (url) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** Variables both apps may read when they are set. */
const SHARED = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'LOG_LEVEL',
  'MESH_MAX_PARTICIPANTS',
  'TRUSTED_PROXIES',
  'NODE_EXTRA_CA_CERTS',
];
const WEB_ONLY = ['MAX_RECORDING_BYTES', 'RECORDING_QUIET_MINUTES'];
const SIGNAL_ONLY = ['STUN_URLS', 'TURN_URLS', 'TURN_SECRET'];

/**
 * The environment without Parley's own variables: tests and benchmarks must not reach an install that these point at.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutSettings(env) {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const ours = new Set(Array.from(example.matchAll(/^#?([A-Z0-9_]+)=/gm), ([, name]) => name));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.has(name)));
}

const pick = (env, names) => Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]));

/** The environments of the two services. Signal gets no account secret and no database. */
export function serviceEnvironments(settings, env, { databaseUrl, webInternalUrl, signalInternalUrl }) {
  const { secrets: s, dataDir } = settings;
  const both = {
    ...pick(env, SHARED),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    WEB_URL: settings.webUrl,
    SIGNAL_URL: settings.signalUrl,
    WEB_INTERNAL_URL: webInternalUrl,
    SIGNAL_INTERNAL_URL: signalInternalUrl,
    DATA_DIR: dataDir,
    REPORT_SECRET: s.REPORT_SECRET,
    TICKET_PUBLIC_KEY: s.TICKET_PUBLIC_KEY,
  };
  return {
    web: {
      ...both,
      ...pick(env, WEB_ONLY),
      DATABASE_URL: databaseUrl,
      NEXTAUTH_SECRET: s.NEXTAUTH_SECRET,
      NEXTAUTH_URL: settings.webUrl,
      INVITE_SECRET: s.INVITE_SECRET,
      TICKET_PRIVATE_KEY: s.TICKET_PRIVATE_KEY,
    },
    signal: { ...both, ...pick(env, SIGNAL_ONLY) },
  };
}
