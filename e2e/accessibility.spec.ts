import { expectAccessible } from './fixtures/accessible';
import { expect, test } from './fixtures/participant';

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
