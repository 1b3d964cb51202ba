// `npm run check`: format, types, lint, import walls, unused code and the unit tests. Run it before every commit.
import { runChecks } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { run, tool } from './run.mjs';
import { fail } from './say.mjs';

async function main() {
  await ensureInstalled();
  const { failed } = await runChecks();
  const { code } = await run(tool('vitest'), ['run', '--project', 'node'], { show: true, mayFail: true });
  process.exit(failed || code ? 1 : 0);
}

main().catch(fail);
