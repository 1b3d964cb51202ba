import { expect, test } from './fixtures/participant';

test('a guest without camera or microphone can join, sees and is told how to give them', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.context.addInitScript(() => {
    const media = navigator.mediaDevices;
    media.getUserMedia = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  });
  await bob.opens(meeting.inviteLink);
  await expect(bob.page.getByText('Camera and microphone are blocked').first()).toBeVisible();
  await bob.joins();
  await bob.sees('Alice Ash');
  await expect(alice.tile('Bob Birch')).toBeVisible();
  await expect(bob.tile('Bob Birch (you)')).toBeVisible();
});

test('a guest with a microphone and no camera reads of the camera alone, and is heard', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.context.addInitScript(() => {
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = (wanted) =>
      wanted?.video ? Promise.reject(new DOMException('Requested device not found', 'NotFoundError')) : ask(wanted);
  });
  await bob.opens(meeting.inviteLink);
  await expect(bob.page.getByText('No camera was found')).toBeVisible();
  await expect(bob.page.getByRole('combobox', { name: 'Microphone' })).toBeEnabled();
  await bob.joins();
  await bob.sees('Alice Ash');
  await alice.hears();
});

test('a removed guest cannot come back', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.joins();
  const bob = await arrives('Bob Birch');
  await bob.joins(meeting);
  await alice.sees('Bob Birch');
  await alice.key('People').click();
  await alice.page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Remove Bob Birch' }).click();
  await alice.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(alice.tile('Bob Birch')).toBeHidden();
  await expect(bob.page.getByText('You were removed from the meeting')).toBeVisible();
  await bob.opens(meeting.inviteLink);
  await expect(bob.page.getByRole('button', { name: 'Join now' })).toBeHidden();
});

test('a wrong link, a renewed link and a bare address read the same friendly page', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  await alice.opens(`/meetings/${meeting.slug}`);
  await alice.page.getByRole('button', { name: 'Renew' }).click();
  await alice.page.getByRole('alertdialog').getByRole('button', { name: 'Renew' }).click();
  await expect(alice.page.getByRole('textbox', { name: 'Invite link' })).not.toHaveValue(meeting.inviteLink);
  const bob = await arrives('Bob Birch');
  const bodies: string[] = [];
  for (const address of [meeting.inviteLink, '/j/nothing.at-all', `/m/${meeting.slug}`, '/m/aaa-bbbb-ccc']) {
    await bob.opens(address);
    await expect(bob.page.getByRole('heading', { name: 'This is not an invite link' })).toBeVisible();
    bodies.push(await bob.page.locator('main').innerText());
  }
  expect(new Set(bodies).size).toBe(1);
});

test('landing, door and call speak Chinese to who reads Chinese', async ({ arrives }) => {
  const chinese = /[\u4e00-\u9fff]/u;
  const alice = await arrives('Alice Ash');
  await alice.signsUp();
  const meeting = await alice.makesMeeting();
  const yue = await arrives('林悦', { locale: 'zh-CN', viewport: { width: 390, height: 664 } });
  await yue.opens('/');
  await expect(yue.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(yue.page.getByRole('heading', { level: 1 })).toHaveText(chinese);
  await yue.opens(meeting.inviteLink);
  await yue.page.getByRole('textbox').fill('林悦');
  const door = yue.page.getByRole('button');
  await expect(door.first()).toBeVisible();
  for (const button of await door.all()) await expect(button).toHaveAccessibleName(chinese);
  await yue.page.getByRole('button', { name: '立即加入' }).click();
  const keys = yue.page.getByRole('toolbar').getByRole('button');
  await expect(keys).toHaveCount(5);
  for (const key of await keys.all()) await expect(key).toHaveAccessibleName(chinese);
});

test('an account and a meeting are made before the scripts have come', async ({ arrives }) => {
  const alice = await arrives('Alice Ash');
  await alice.context.route(/\/_next\/static\/.*\.js/u, (route) => route.abort());
  await alice.signsUp();
  const link = alice.page.getByLabel('Meeting link');
  await link.fill('https://meet.example.org/j/secret');
  await link.press('Enter');
  await expect(link).toHaveValue('https://meet.example.org/j/secret');
  expect(alice.page.url(), 'the secret of an invite in the address').not.toContain('secret');
  await alice.page.getByRole('button', { name: 'New meeting' }).click();
  await alice.page.waitForURL(/\/m\//u);
});
