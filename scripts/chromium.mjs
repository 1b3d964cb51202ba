import { existsSync } from 'node:fs';
import { run } from './run.mjs';
import { say, step } from './say.mjs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const COTURN = ['/usr/bin/turnserver'];

const found = (paths) => paths.find((path) => existsSync(path));

async function installed(name, paths, given) {
  const there = given || found(paths);
  if (there) return there;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await step(`Installing ${name}`, async () => {
      await run('apt-get', ['update', '-qq'], { mayFail: true });
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
        mayFail: true,
      });
    });
  }
  return found(paths) ?? null;
}

/** The path of Chromium (variable CHROMIUM, or where systems keep it), installed by apt when we are root and it is missing; else null. */
export const ensureChromium = () => installed('chromium', CHROMIUM, process.env.CHROMIUM);

/** Likewise coturn's server, for the test that goes through a relay only. */
export async function ensureCoturn() {
  const path = await installed('coturn', COTURN, process.env.TURNSERVER);
  if (!path)
    say('  coturn is not installed: the test through a relay is skipped. Install it with: apt-get install coturn');
  return path;
}
