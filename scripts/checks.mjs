import { run, tool } from './run.mjs';

/** What holds for every commit, besides the tests. The database client must be generated first: types depend on it. */
const CHECKS = [
  { name: 'format', args: [tool('prettier'), ['--check', '--log-level', 'warn', '.']] },
  { name: 'types', args: [tool('turbo'), ['run', 'typecheck', '--output-logs=errors-only']] },
  { name: 'lint', args: [tool('eslint'), ['.', '--max-warnings', '0']] },
  {
    name: 'import walls',
    args: [tool('depcruise'), ['--config', '.dependency-cruiser.cjs', 'apps', 'packages', 'prisma', 'e2e', 'bench']],
  },
  { name: 'package walls', args: [tool('turbo'), ['boundaries']] },
  { name: 'unused code', args: [tool('knip'), ['--no-progress']] },
];

/**
 * Runs all checks, also after one has failed.
 * @param {AbortSignal} [signal]
 * @returns {Promise<{passed: number, failed: number}>}
 */
export async function runChecks(signal) {
  await run(tool('turbo'), ['run', 'build', '--filter=@parley/db', '--output-logs=errors-only'], { signal });
  let passed = 0;
  let failed = 0;
  for (const { name, args } of CHECKS) {
    const began = Date.now();
    const { code, output } = await run(args[0], args[1], { mayFail: true, signal });
    const took = `${((Date.now() - began) / 1000).toFixed(1)} s`;
    if (code === 0) {
      passed++;
      console.log(`  ok      ${name} (${took})`);
    } else {
      failed++;
      console.log(`${output}\n  FAILED  ${name} (${took})`);
    }
  }
  return { passed, failed };
}
