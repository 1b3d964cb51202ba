import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
  /** How many frames were shown, and the largest gap between two of them or between the last one and now, ms. */
  const shown = (): Promise<{ frames: number; largestGap: number }> =>
    alice.page.evaluate(() => {
      const times = (window as unknown as { frameTimes: number[] }).frameTimes;
      const ends = [...times.slice(1), performance.now()];
      return { frames: times.length, largestGap: Math.max(...times.map((time, i) => (ends[i] ?? time) - time)) };
    });
  await expect.poll(async () => (await shown()).frames).toBeGreaterThan(2);
  const atTheFall = await shown();
  const killed = stack.kill('signal');
  const dead = Date.now();
  await expect(alice.page.getByText(/Reconnecting/u).first()).toBeVisible();
  await expect.poll(() => stack.pid('signal'), { timeout: 30_000 }).not.toBe(killed);
  await alice.says('After the fall');
  await bob.reads('After the fall');
  expect(Date.now() - dead, 'chat works again within 10 s').toBeLessThan(10_000);

  await alice.seesMovement();
  const after = await shown();
  // The tile of before the fall is still there and goes on.
  expect(after.frames).toBeGreaterThan(atTheFall.frames);
  expect(after.largestGap, 'largest gap between two shown frames, ms').toBeLessThan(1_000);

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
  const uploads = join(stack.dataDir, 'uploads');
  const before = new Set(existsSync(uploads) ? readdirSync(uploads) : []);
  /** What has arrived of this take. */
  const arrived = (): Buffer => {
    const file = existsSync(uploads)
      ? readdirSync(uploads).find((name) => !before.has(name) && !name.includes('.'))
      : undefined;
    return file ? readFileSync(join(uploads, file)) : Buffer.alloc(0);
  };
  await alice.key('Record').click();
  await alice.recordsFor(3);
  await expect.poll(() => arrived().length).toBeGreaterThan(0);
  const killed = stack.kill('web');
  const atTheFall = arrived().length;
  await expect.poll(() => stack.pid('web'), { timeout: 30_000 }).not.toBe(killed);
  await expect.poll(() => arrived().length, { timeout: 60_000 }).toBeGreaterThan(atTheFall + 50_000);
  const bytes = arrived();
  await alice.stopsRecording();
  await alice.leaves();
  // Nothing doubled, nothing skipped over the fall: what arrived is what the recorder gave out.
  const recorded = await alice.page.evaluate((length) => window.parleyProbe.recordedHash(length), bytes.length);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(recorded);

  await alice.opens(`/meetings/${meeting.slug}`);
  const recording = alice.page.getByRole('article').first();
  await expect(recording.getByRole('link', { name: 'Download' })).toBeVisible({ timeout: 60_000 });
  // Web says so only when every slice's SHA-256 is right and the chain has no hole.
  await expect(recording.getByText('Complete. Every second is here.')).toBeVisible();
});

test('a reload in the call takes the same seat: the hand stays up, the role is kept', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await bob.key('Raise hand').click();
  await expect(bob.key('Lower hand')).toBeVisible();
  await bob.page.reload();
  await expect(bob.page.getByRole('button', { name: 'Join now' })).toBeVisible();
  // At the door for longer than a seat is kept for a page that said goodbye.
  await bob.page.waitForTimeout(3_000);
  await bob.joins();
  await alice.sees('Bob Birch');
  await bob.sees('Alice Ash');
  await expect(alice.tile('Bob Birch')).toHaveCount(1);
  await expect(bob.key('Lower hand')).toBeVisible();
  await expect(alice.tile('Bob Birch').getByText('Hand raised')).toBeAttached();
  await expect(bob.key('Record')).toBeHidden();
  await alice.page.reload();
  await alice.joins();
  await bob.sees('Alice Ash');
  await expect(alice.key('Record')).toBeVisible();
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
