import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/participant';

test('signal is killed in mid-call: media flows on, the room is as before', async ({ arrives, stack }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await bob.sees('Alice Ash');
  await alice.says('Before the fall');
  await bob.reads('Before the fall');
  await bob.key('Mute').click();
  await bob.key('Raise hand').click();
  await expect(alice.tile('Bob Birch').getByText('Muted')).toBeVisible();

  // Every frame that is shown leaves its time, so that the largest gap is measured and not guessed.
  await alice
    .tile('Bob Birch')
    .locator('video')
    .evaluate((video: HTMLVideoElement) => {
      const times: number[] = [];
      const note = (): void => {
        times.push(performance.now());
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
      Object.assign(window, { frameTimes: times });
    });
  const killed = stack.kill('signal');
  const dead = Date.now();
  await expect(alice.page.getByText(/Reconnecting/u).first()).toBeVisible();
  await expect.poll(() => stack.pid('signal'), { timeout: 30_000 }).not.toBe(killed);
  await alice.says('After the fall');
  await bob.reads('After the fall');
  expect(Date.now() - dead, 'chat works again within 10 s').toBeLessThan(10_000);

  await alice.seesMovement();
  const largestGap = await alice.page.evaluate(() => {
    const times = (window as unknown as { frameTimes: number[] }).frameTimes;
    return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
  });
  expect(largestGap, 'largest gap between two shown frames, ms').toBeLessThan(1_000);

  await expect(alice.tile('Bob Birch').getByText('Muted')).toBeVisible();
  await expect(bob.key('Unmute')).toBeVisible();
  await expect(bob.key('Lower hand')).toBeVisible();
  await expect(alice.key('Record')).toBeVisible();
  await expect(bob.key('Record')).toBeHidden();
});

test('web is killed in mid-take: the recording arrives whole', async ({ arrives, stack }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  await alice.key('Record').click();
  const clock = alice.page.getByRole('status').filter({ hasText: 'Recording' });
  await expect(clock).toContainText('00:03', { timeout: 60_000 });
  const killed = stack.kill('web');
  await expect.poll(() => stack.pid('web'), { timeout: 30_000 }).not.toBe(killed);
  await expect(clock).toContainText('00:09', { timeout: 60_000 });
  await alice.key('Stop recording').click();
  await expect(alice.key('Record')).toBeVisible();
  await alice.leaves();
  const recorded = await alice.page.evaluate(() => window.parleyProbe.recordedHash());

  await alice.opens(`/meetings/${meeting.slug}`);
  const recording = alice.page.getByRole('article').first();
  await expect(recording.getByRole('link', { name: 'Download' })).toBeVisible({ timeout: 60_000 });
  await expect(recording.getByText('Complete. Every second is here.')).toBeVisible();
  // The bytes as they came stay until the grant ends: they must be those the recorder gave out, in order, once.
  const uploads = join(stack.dataDir, 'uploads');
  const arrived = readdirSync(uploads).map((name) =>
    createHash('sha256')
      .update(readFileSync(join(uploads, name)))
      .digest('hex'),
  );
  expect(arrived).toContain(recorded);
});

test('a reload in the call takes the same seat', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await bob.key('Raise hand').click();
  await bob.page.reload();
  await bob.joins();
  await alice.sees('Bob Birch');
  await bob.sees('Alice Ash');
  await expect(alice.tile('Bob Birch')).toHaveCount(1);
});

test('a second tab of the same person takes the seat', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const second = await alice.context.newPage();
  await second.goto(`/m/${meeting.slug}`);
  await second.getByRole('button', { name: 'Join now' }).click();
  await expect(second.getByRole('toolbar', { name: 'Call controls' })).toBeVisible();
  await expect(alice.page.getByText('Opened in another tab')).toBeVisible();
  await alice.page.getByRole('button', { name: 'Use it here' }).click();
  await expect(alice.controls).toBeVisible();
  await expect(second.getByText('Opened in another tab')).toBeVisible();
});
