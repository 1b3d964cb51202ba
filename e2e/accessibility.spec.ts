import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/participant';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Runs axe in the page (evaluated by the debugger, which no CSP hinders) and wants nothing found. */
async function expectAccessible(page: Page, where: string): Promise<void> {
  // A fade half-way through has the contrast of neither end.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  const found = results.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => n.html).join('\n  ')}`);
  expect(found, `axe at ${where}`).toEqual([]);
}

test('axe finds nothing on any page', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  for (const path of ['/', '/sign-in', '/sign-up', '/m/aaa-bbbb-ccc', '/nowhere']) {
    await alice.opens(path);
    await expect(alice.page.getByRole('main')).toBeVisible();
    await expectAccessible(alice.page, path);
  }
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await expect(alice.page.getByRole('button', { name: 'Join now' })).toBeVisible();
  await expectAccessible(alice.page, 'the door');
  for (const path of ['/meetings', '/meetings/new', `/meetings/${meeting.slug}`, '/recordings', '/account']) {
    await alice.opens(path);
    await expect(alice.page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(alice.page, path);
  }
  await alice.opens(`/m/${meeting.slug}`);
  await alice.joins();
  await expectAccessible(alice.page, 'the call, alone');
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await alice.says('Look: https://example.org');
  await expectAccessible(alice.page, 'the call with chat');
  await alice.key('People').click();
  await expect(alice.page.getByRole('list', { name: 'People' })).toBeVisible();
  await expectAccessible(alice.page, 'the call with people');
  await bob.leaves();
  await expectAccessible(bob.page, 'the left page');
});
