// `npm run bench`: the benchmarks. JSON on stdout, tables on stderr. Name some to run only those: npm run bench -- signal
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { root, run, tool } from './run.mjs';
import { fail, sayOnStderr, Trouble } from './say.mjs';

const ALL = ['join', 'signal', 'bundle'];

async function main() {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !ALL.includes(name));
  if (unknown) throw new Trouble(`There is no benchmark "${unknown}". There are: ${ALL.join(', ')}.`);
  sayOnStderr();
  await ensureInstalled();
  const chromium = await ensureChromium();
  if (!chromium) throw new Trouble('The benchmarks need Chromium. Install it, or name its path in CHROMIUM.');
  await run(tool('turbo'), ['run', 'build', '--output-logs=errors-only']);
  for (const name of asked.length ? asked : ALL) {
    await run(process.execPath, ['--import', 'tsx', join(root, 'bench', `${name}.bench.ts`)], {
      show: true,
      env: { CHROMIUM: chromium },
    });
  }
}

main().catch(fail);
