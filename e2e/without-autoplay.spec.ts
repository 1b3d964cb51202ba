import type { Page } from '@playwright/test';
import { expect, type Meeting, type Participant, test } from './fixtures/participant';

// Every look of Playwright at a page counts as a gesture of its user, and then it may play everything. So Bob's page is watched
// over the debugger's protocol until the click that counts. He gives no camera and no microphone: who captures may play, too.

/** Evaluates in the page and gives it no gesture. */
async function untouched(page: Page): Promise<<T>(expression: string) => Promise<T>> {
  const debug = await page.context().newCDPSession(page);
  return async <T>(expression: string) => {
    const { result } = await debug.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    return result.value as T;
  };
}

const JOIN = `[...document.querySelectorAll('button')].find((button) => button.textContent === 'Join now' && !button.disabled)`;
const SOUND_IS_REFUSED = `(() => {
  const context = new AudioContext();
  const audio = new Audio();
  audio.srcObject = context.createMediaStreamDestination().stream;
  return audio.play().then(() => false, (error) => error.name === 'NotAllowedError').finally(() => context.close());
})()`;
/** What the page's sound does: 'none' of it is there, all 'plays', all is 'refused', or a 'part'. */
const SOUND = `(() => {
  const audios = [...document.querySelectorAll('audio')].filter((audio) => audio.srcObject);
  const paused = audios.filter((audio) => audio.paused).length;
  return audios.length === 0 ? 'none' : paused === 0 ? 'plays' : paused === audios.length ? 'refused' : 'part';
})()`;

/** Opens the invite and gives the name, without a gesture and without devices: sound is still refused then. */
async function standsAtTheDoor(bob: Participant, meeting: Meeting): Promise<<T>(expression: string) => Promise<T>> {
  await bob.context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  });
  await bob.opens(meeting.inviteLink);
  const look = await untouched(bob.page);
  await expect.poll(() => look(`document.querySelector('input') !== null && ${JOIN} !== undefined`)).toBe(true);
  await look(`document.querySelector('input').focus(), document.execCommand('insertText', false, 'Bob Birch')`);
  expect(await look(SOUND_IS_REFUSED), 'sound is refused before a click').toBe(true);
  return look;
}

test('the click on "Join now" is enough to be heard where browsers refuse sound without one', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  const look = await standsAtTheDoor(bob, meeting);
  const [x, y] = await look<[number, number]>(
    `(() => { const at = ${JOIN}.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height / 2]; })()`,
  );
  await bob.page.mouse.click(x, y);
  await expect.poll(() => look(SOUND), { timeout: 60_000 }).toBe('plays');
  await bob.sees('Alice Ash');
  await bob.hears();
  await expect(bob.page.getByRole('button', { name: 'Tap to hear' })).toBeHidden();
});

test('where sound was refused, one click on "Tap to hear" brings it', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  const look = await standsAtTheDoor(bob, meeting);
  await look(`${JOIN}.click()`);
  await expect.poll(() => look(SOUND), { timeout: 60_000 }).toBe('refused');
  await bob.page.getByRole('button', { name: 'Tap to hear' }).click();
  await expect.poll(() => look(SOUND)).toBe('plays');
  await expect(bob.page.getByRole('button', { name: 'Tap to hear' })).toBeHidden();
});
