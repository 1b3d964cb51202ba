// `npm test`: every check and every test, on a throw-away database and free ports. Ends with "N passed, N failed".
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './checks.mjs';
import { ensureChromium, ensureCoturn } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { whenParentVanishes } from './parent.mjs';
import { run, tool } from './run.mjs';
import { explain, step, Trouble } from './say.mjs';

const interrupted = new AbortController();

/** From now on an end from outside ends first what runs, so that nothing is left of it. */
function endInOrder() {
  const interrupt = () => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  whenParentVanishes(interrupt);
}

/** Numbers of a vitest JSON report; a file that could not even be loaded counts as a failure. */
function vitestCounts(report) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken };
}

const playwrightCounts = ({ stats, errors }) => ({
  passed: stats.expected,
  // A test that passed only at the second try has shown a race: it counts as failed.
  failed: stats.unexpected + stats.flaky + errors.length,
});

/** Runs a test tool and reads the counts from its report. No report, or a bad exit that no test explains, is a failure of its own. */
async function suite(command, args, reportFile, counts, env) {
  const { code } = await run(command, args, { show: true, mayFail: true, env, signal: interrupted.signal });
  if (!existsSync(reportFile)) return { passed: 0, failed: 1 };
  const result = counts(JSON.parse(readFileSync(reportFile, 'utf8')));
  return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
}

async function main() {
  await ensureInstalled();
  const chromium = await ensureChromium();
  if (!chromium) {
    throw new Trouble(
      'The tests need Chromium. Install it (Debian: apt-get install chromium), or name its path in CHROMIUM.',
    );
  }
  const turnserver = await ensureCoturn();
  endInOrder();
  // Whatever the tests leave lying about is in it and goes with it.
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  // PostgreSQL, as root, runs as somebody else: they must find their way through.
  chmodSync(folder, 0o711);
  const env = { CHROMIUM: chromium, TMPDIR: folder, ...(turnserver ? { TURNSERVER: turnserver } : {}) };
  let results;
  try {
    results = await everything(folder, env);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(sum('failed') ? 1 : 0);
}

/** Runs it all, with the reports of the tools in the folder `reports`, and gives the counts of each. */
async function everything(reports, env) {
  const results = [];
  results.push(await step('Checks', () => runChecks(interrupted.signal), { speaks: true }));
  const speaks = { speaks: true };
  const unit = join(reports, 'vitest.json');
  const vitest = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`];
  const runUnit = () => suite(tool('vitest'), vitest, unit, vitestCounts, env);
  results.push(await step('Unit and browser tests', runUnit, speaks));

  const e2e = join(reports, 'playwright.json');
  const playwright = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
  const playwrightEnv = { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: e2e };
  const runE2e = () => suite(tool('playwright'), playwright, e2e, playwrightCounts, playwrightEnv);
  results.push(await step('End-to-end tests', runE2e, speaks));
  return results;
}

main().catch((error) => {
  explain(error);
  console.log('\n0 passed, 1 failed');
  process.exit(1);
});
