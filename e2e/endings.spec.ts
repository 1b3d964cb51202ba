import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures/participant';

test('a closed tab goes for the others at once, and end for all ends it for everybody', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  const gone = alice.stage.evaluate(
    (stage) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (!stage.textContent.includes('Bob Birch')) resolve(Date.now());
        };
        new MutationObserver(look).observe(stage, { childList: true, subtree: true, characterData: true });
        look();
      }),
  );
  const closed = Date.now();
  await bob.page.close();
  // 2 s are promised; twice that, for two cores that run everything. The grace period of who vanishes is a minute.
  expect((await gone) - closed, 'from closing the tab until its tile is gone, ms').toBeLessThan(4_000);
  await expect(alice.tile('Bob Birch')).toBeHidden();

  const carol = await arrives('Carol Cedar');
  await carol.joins(meeting);
  await alice.sees('Carol Cedar');
  await alice.key('More').click();
  await alice.page.getByRole('menuitem', { name: 'End for all' }).click();
  await alice.page.getByRole('button', { name: 'End for all' }).click();
  await expect(carol.page.getByText('A host ended it for everybody.').first()).toBeVisible();
  await expect(carol.controls).toBeHidden();
  await expect(alice.controls).toBeHidden();
});

test('a take to this device only is downloaded and never uploaded', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const uploads: string[] = [];
  alice.page.on('request', (request) => {
    if (request.url().includes('/api/uploads')) uploads.push(request.url());
  });
  await alice.key('More').click();
  await alice.page.getByRole('menuitem', { name: 'Record to this device only' }).click();
  await alice.recordsFor(4);
  const download = alice.page.waitForEvent('download');
  await alice.stopsRecording();
  const file = await download;
  expect(file.suggestedFilename()).toBe('video.webm');
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(0, 4).toString('hex'), 'EBML, as every WebM begins').toBe('1a45dfa3');
  expect(bytes.length).toBeGreaterThan(20_000);
  expect(uploads).toEqual([]);
  await alice.leaves();
  await alice.opens(`/meetings/${meeting.slug}`);
  await expect(alice.page.getByRole('heading', { name: 'Recordings' })).toBeVisible();
  await expect(alice.page.getByRole('article')).toHaveCount(0);
});

test('web and signal are killed together: the call goes on and chat comes back', async ({ arrives, stack }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  const killed = [stack.kill('web'), stack.kill('signal')];
  await expect.poll(() => [stack.pid('web'), stack.pid('signal')], { timeout: 60_000 }).not.toContain(killed[0]);
  await expect.poll(() => stack.pid('signal'), { timeout: 60_000 }).not.toBe(killed[1]);
  await alice.seesMovement();
  await alice.says('Still here');
  await bob.reads('Still here');
  await bob.leaves();
  await alice.leaves();
  // What was said while web was away stands in the history: signal reports it later.
  await expect(async () => {
    await alice.opens(`/meetings/${meeting.slug}`);
    await alice.page.locator('details summary').first().click();
    await expect(alice.page.getByText('Still here')).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
});
