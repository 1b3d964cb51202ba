import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible';
import { expect, test } from './fixtures/participant';

/** All bytes under a folder. */
function bytesUnder(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0;
  }
}

test('two people meet, talk, share, record, and watch the recording', async ({ arrives, stack, browser }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  await expect(alice.page.getByText('Your meeting is ready')).toBeVisible();

  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await bob.sees('Alice Ash');
  await Promise.all([alice.seesMovement(), bob.seesMovement()]);
  await Promise.all([alice.hears(), bob.hears()]);

  await alice.says('Hello Bob');
  await bob.reads('Hello Bob');
  await bob.says('Hello <b>Alice</b>');
  await alice.reads('Hello <b>Alice</b>');

  await bob.key('Mute').click();
  await expect(bob.key('Unmute')).toBeVisible();
  await expect(alice.tile('Bob Birch').getByText('Muted')).toBeVisible();
  await bob.key('Unmute').click();
  await expect(alice.tile('Bob Birch').getByText('Muted')).toBeHidden();

  await bob.key('Share screen').click();
  await alice.sees("Bob Birch's screen");
  await bob.key('Stop sharing').click();
  await expect(alice.tile("Bob Birch's screen")).toBeHidden();

  const uploads = join(stack.dataDir, 'uploads');
  const before = bytesUnder(uploads);
  await alice.key('Record').click();
  for (const person of [alice, bob]) {
    await expect(person.recordingStatus).toBeVisible();
  }
  await alice.recordsFor(8);
  // While it records, not after: the promise is that a crash now loses next to nothing.
  await expect.poll(() => bytesUnder(uploads), { timeout: 30_000 }).toBeGreaterThan(before + 50_000);
  await alice.stopsRecording();
  for (const person of [alice, bob]) await expect(person.recordingStatus).toBeHidden();
  await expect(alice.key('Record')).toBeVisible();

  const recordedSeconds = await alice.page.evaluate(() => window.parleyProbe.recordedSeconds());
  expect(recordedSeconds).toBeGreaterThan(6);

  await bob.leaves();
  await alice.leaves();

  await alice.opens(`/meetings/${meeting.slug}`);
  const recording = alice.page.getByRole('article').first();
  const video = recording.locator('video');
  await expect(recording.getByRole('link', { name: 'Download' })).toBeVisible({ timeout: 60_000 });
  const source = await video.evaluate((v: HTMLVideoElement) => v.currentSrc || v.src);
  const played = await video.evaluate(async (v: HTMLVideoElement) => {
    const heard = (name: string): Promise<unknown> =>
      new Promise((resolve) => v.addEventListener(name, resolve, { once: true }));
    v.muted = true;
    if (v.readyState < 1) {
      const ready = heard('loadedmetadata');
      v.preload = 'auto';
      v.load();
      await ready;
    }
    const duration = v.duration;
    await v.play();
    const seeked = heard('seeked');
    v.currentTime = duration * 0.7;
    await seeked;
    return { duration, at: v.currentTime, width: v.videoWidth };
  });
  expect(Math.abs(played.duration - recordedSeconds), 'seconds between what was recorded and what plays').toBeLessThan(
    0.5,
  );
  expect(played.at).toBeCloseTo(played.duration * 0.7, 0);
  expect(played.width).toBeGreaterThan(0);

  await expect(alice.page.getByRole('heading', { name: 'Sessions' })).toBeVisible();
  await alice.page.locator('details').first().locator('summary').click();
  const session = alice.page.locator('details').first();
  await expect(session.getByText('Bob Birch').first()).toBeVisible();
  await expect(session.getByText('Hello Bob')).toBeVisible();

  const download = await recording.getByRole('link', { name: 'Download' }).getAttribute('href');
  const owned = await alice.context.request.get(download ?? '');
  expect(owned.status()).toBe(200);
  expect(owned.headers()['content-disposition']).toContain('.webm');
  const part = await alice.context.request.get(source, { headers: { range: 'bytes=0-99' } });
  expect(part.status()).toBe(206);

  const mallory = await arrives('Mallory Moss');
  await mallory.signsUp();
  const stranger = await browser.newContext({ baseURL: stack.webUrl });
  for (const request of [mallory.context.request, stranger.request]) {
    for (const address of [source, download ?? '', source.replace(/\/video$/u, '/poster')]) {
      expect((await request.get(address)).status(), address).toBe(404);
    }
    expect(
      (await request.delete(source.replace(/\/video$/u, ''), { headers: { origin: stack.webUrl } })).status(),
    ).toBe(404);
  }
  expect((await mallory.context.request.get(`/meetings/${meeting.slug}`)).status()).toBe(404);
  // Who is not signed in reads at the address of the meeting what they read at any other: where to sign in.
  const page = await stranger.newPage();
  await page.goto(`/meetings/${meeting.slug}`);
  await expect(page).toHaveURL(/\/sign-in/u);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(0);
  await stranger.close();

  await expectAccessible(alice.page, 'the meeting with a recording');
  await alice.opens('/recordings');
  await expect(alice.page.getByRole('article')).toHaveCount(1);
  await expectAccessible(alice.page, 'the recordings');
});
