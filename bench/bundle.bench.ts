import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright';
import { startStack } from '@parley/e2e/stack';
import { launch } from './chromium';
import { print, row } from './report';

/** Kilobytes of script, gzipped, that a page loads from first byte until `settled`. */
async function scriptKb(
  browser: Browser,
  url: string,
  storageState: string | undefined,
  settled: string,
): Promise<number> {
  const context = await browser.newContext({ ...(storageState ? { storageState } : {}), locale: 'en-GB' });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      sizes.push(response.body().then((body) => gzipSync(body, { level: 6 }).length));
  });
  await page.goto(url);
  await page
    .getByRole('button', { name: settled })
    .or(page.getByRole('heading', { name: settled }))
    .first()
    .waitFor();
  await page.waitForLoadState('networkidle');
  if (settled === 'Join now') {
    await page.getByRole('button', { name: 'Join now' }).click();
    await page.getByRole('toolbar', { name: 'Call controls' }).waitFor();
    await page.waitForLoadState('networkidle');
  }
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  return total / 1_000;
}

const stack = await startStack();
const browser = await launch();
const owner = await browser.newContext({ baseURL: stack.webUrl, locale: 'en-GB' });
const page = await owner.newPage();
await page.goto('/sign-up');
await page.getByLabel('Name', { exact: true }).fill('Alice Ash');
await page.getByLabel('Email').fill('alice@example.org');
await page.getByLabel('Password').fill('correct horse battery');
await page.getByRole('button', { name: 'Create account' }).click();
await page.waitForURL(/\/meetings$/u);
await page.getByRole('button', { name: 'New meeting' }).click();
await page.waitForURL(/\/m\//u);
const state = `${stack.dataDir}/bench-state.json`;
await owner.storageState({ path: state });

const call = await scriptKb(browser, page.url(), state, 'Join now');
// The lightest page there is: what the framework alone weighs here.
const bare = await scriptKb(browser, `${stack.webUrl}/m/aaa-bbbb-ccc`, undefined, 'This is not an invite link');
await browser.close();
await stack.stop();
print('bundle', [
  row({
    ...{ what: 'script of the call route, door and call', unit: 'kB gzip', parley: call, bare },
    ...{ target: '<= 250 kB', met: (kb) => kb <= 250 },
  }),
]);
process.exit(0);
