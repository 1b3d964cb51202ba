import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trouble } from './say.mjs';

/**
 * Holds a data folder for this process. A socket, not a file with a number in it: it is gone with its process however
 * that ended, and process numbers come again.
 * @param {string} dataDir
 * @param {string} url told to whoever tries the same
 * @returns {Promise<() => void>} lets go
 * @throws Trouble when another start holds it
 */
export async function holdDataDir(dataDir, url) {
  const name = `parley-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  // Linux has names without a file (unix(7), "abstract"): nothing is left to clear away that another start may just have made.
  const path =
    { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform] ?? join(tmpdir(), `${name}.sock`);
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${process.pid} ${url}`);
    });
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(path, () => resolve(null));
    });
    if (!error) {
      server.unref();
      return () => server.close();
    }
    if (error.code !== 'EADDRINUSE') throw error;
    const holder = await ask(path);
    if (holder !== null) {
      const [pid, where] = holder.split(' ');
      throw new Trouble(
        `Parley is already running from this folder (process ${pid}) at ${where}. Open that address, or end it with Ctrl-C first. For a second one beside it set DATA_DIR, WEB_PORT and SIGNAL_PORT.`,
      );
    }
    if (!path.startsWith('\0')) rmSync(path, { force: true });
  }
  throw new Trouble(`The data folder ${dataDir} cannot be held: another start is just beginning. Try again.`);
}

/** What the holder says, or null when nobody listens. */
function ask(path) {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on('data', (data) => (said += data));
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(said || null));
  });
}
