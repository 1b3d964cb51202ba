import { expect, test } from './fixtures/participant';

test('the click on "Join now" is enough to be heard where browsers refuse sound without one', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await bob.sees('Alice Ash');
  await bob.hears();
  await expect(bob.page.getByRole('button', { name: 'Tap to hear' })).toBeHidden();
  const silent = await bob.page.evaluate(
    () =>
      Array.from(document.querySelectorAll('audio')).filter((audio) => audio.paused && audio.srcObject !== null).length,
  );
  expect(silent).toBe(0);
});
