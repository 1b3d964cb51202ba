import { RtcError } from '@parley/rtc-core';
import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { fakeRoom } from './testing/fake-room';
import { PHONE, show } from './testing/show';

const join = page.getByRole('button', { name: 'Join now' });
const name = page.getByRole('textbox', { name: 'Your name' });
const GUEST = { userName: null, hostName: 'Sofia', mine: false } as const;

afterEach(() => {
  delete document.body.dataset.theme;
});

describe('the door', () => {
  it('asks a guest for a name, remembers it, and joins in the click', async () => {
    const room = fakeRoom();
    await show(room, { door: GUEST });
    await join.click();
    await expect.element(page.getByText('Type your name, so that others know who you are.')).toBeVisible();
    await expect.element(name).toHaveFocus();
    await expect.element(name).toBeInvalid();
    await name.fill(' \u202eAmélie  Laurent ');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    expect(room.asked.find((a) => a.name === 'joinRoom')?.argument).toBe('Amélie Laurent');
    expect(localStorage.getItem('parley.name')).toBe('Amélie Laurent');
  });

  it('refuses a name nobody could read', async () => {
    await show(fakeRoom(), { door: GUEST });
    await name.fill('x'.repeat(81));
    await join.click();
    await expect.element(page.getByText('Use at most 80 characters.')).toBeVisible();
    // A Hangul filler: nothing to see.
    await name.fill('\u3164');
    await join.click();
    await expect.element(page.getByText('Type your name, so that others know who you are.')).toBeVisible();
  });

  it('asks an account for nothing', async () => {
    const room = fakeRoom();
    await show(room);
    await expect.element(join).toBeEnabled();
    expect(name.query()).toBeNull();
    await join.click();
    expect(room.asked.find((a) => a.name === 'joinRoom')?.argument).toBe('Sofia Almeida');
  });

  it('turns microphone and camera off and on', async () => {
    const room = fakeRoom();
    await show(room);
    await page.getByRole('button', { name: 'Turn microphone off' }).click();
    await page.getByRole('button', { name: 'Turn camera off' }).click();
    await expect.element(page.getByText('Your camera is off')).toBeVisible();
    expect(room.local.state.get().wanted).toEqual({ microphone: false, camera: false });
    await page.getByRole('button', { name: 'Turn microphone on' }).click();
    await page.getByRole('button', { name: 'Turn camera on' }).click();
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
  });

  it('lets one choose devices', async () => {
    const room = fakeRoom();
    await show(room);
    await page.getByRole('combobox', { name: 'Camera' }).selectOptions('Studio Camera');
    expect(room.local.state.get().chosen.camera).toBe('c2');
    await expect.element(page.getByRole('combobox', { name: 'Microphone' })).toBeEnabled();
    await expect.element(page.getByRole('combobox', { name: 'Speaker' })).toBeEnabled();
    await page.getByRole('button', { name: 'Play test sound' }).click();
  });

  it('says why a chosen microphone is not used, here and in the call', async () => {
    const room = fakeRoom();
    await show(room);
    const { microphone } = room.local.state.get().captures;
    if (microphone.status !== 'on') throw new Error('The fake has a microphone.');
    room.local.capture('microphone', { ...microphone, trouble: new RtcError('device-busy') });
    await expect.element(page.getByRole('alert')).toHaveTextContent('Another program is using the device.');
    await join.click();
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    const inCall = page.getByText('The device gave nothing.').first();
    room.local.capture('microphone', { ...microphone, trouble: new RtcError('capture-failed') });
    await expect.element(inCall).toBeVisible();
    await expect.element(page.getByText('Another program is using the device.')).not.toBeInTheDocument();
  });

  it('lets one choose the language, in the call no more', async () => {
    await show(fakeRoom(), { door: GUEST, language: <button type="button">Language</button> });
    const language = page.getByRole('banner').getByRole('button', { name: 'Language' });
    await expect.element(language).toBeVisible();
    await name.fill('Amélie');
    await join.click();
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    expect(language.query()).toBeNull();
  });

  it('says that one is heard', async () => {
    const room = fakeRoom();
    await show(room);
    await expect.element(page.getByText('Say something')).toBeVisible();
    room.local.speak(0.7);
    await expect.element(page.getByText('We can hear you')).toBeVisible();
  });

  it('explains a refused permission, tries again, and lets one in all the same', async () => {
    const room = fakeRoom();
    room.local.capture('camera', { status: 'failed', error: new RtcError('permission-denied') });
    room.local.capture('microphone', { status: 'failed', error: new RtcError('permission-denied') });
    await show(room);
    await expect.element(page.getByRole('alert')).toHaveTextContent('Camera and microphone are blocked');
    expect(page.getByRole('alert').getByRole('listitem').elements()).toHaveLength(3);
    await expect.element(page.getByText('Set Camera and Microphone to Allow.')).toBeVisible();
    await expect.element(page.getByRole('combobox', { name: 'Camera' })).toBeDisabled();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
    room.local.capture('camera', { status: 'failed', error: new RtcError('permission-denied') });
    await join.click();
    await expect.element(page.getByRole('toolbar')).toBeVisible();
  });

  it('tells how to give back the microphone alone, beside one’s own picture, and the call says no more than that', async () => {
    const room = fakeRoom();
    const denied = { status: 'failed', error: new RtcError('permission-denied') } as const;
    room.local.capture('microphone', denied);
    await show(room);
    const alert = page.getByRole('alert');
    await expect.element(alert).toHaveTextContent('The microphone is blocked');
    expect(alert.getByRole('listitem').elements()).toHaveLength(2);
    await expect.element(alert.getByText('Set Microphone to Allow.')).toBeVisible();
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect.element(alert).not.toBeInTheDocument();
    await join.click();
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    room.local.capture('microphone', denied);
    await expect
      .element(
        page.getByText('The microphone is off. This browser was told not to share this device with this site.').first(),
      )
      .toBeVisible();
  });

  it.each([
    ['device-not-found', null, 'No camera was found'],
    ['device-busy', null, 'Another program uses your camera'],
    ['permission-denied', null, 'The camera is blocked'],
    [null, 'device-not-found', 'No microphone was found'],
    ['device-not-found', 'device-not-found', 'No camera or microphone was found'],
    ['device-busy', 'device-busy', 'Another program uses your camera and microphone'],
  ] as const)('speaks of what failed alone: camera %s, microphone %s', async (camera, microphone, said) => {
    const room = fakeRoom();
    if (camera) room.local.capture('camera', { status: 'failed', error: new RtcError(camera) });
    if (microphone) room.local.capture('microphone', { status: 'failed', error: new RtcError(microphone) });
    await show(room);
    await expect.element(page.getByText(said, { exact: true })).toBeVisible();
    expect(page.getByRole('alert').elements()).toHaveLength(1);
  });

  it('tells both when each has its own trouble', async () => {
    const room = fakeRoom();
    room.local.capture('camera', { status: 'failed', error: new RtcError('device-not-found') });
    room.local.capture('microphone', { status: 'failed', error: new RtcError('permission-denied') });
    await show(room);
    await expect.element(page.getByText('No camera was found')).toBeVisible();
    await expect.element(page.getByText('The microphone is blocked')).toBeVisible();
  });

  it('tries the camera again without unmuting', async () => {
    const room = fakeRoom();
    room.local.setWanted({ microphone: false });
    room.local.capture('camera', { status: 'failed', error: new RtcError('device-busy') });
    await show(room);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
    expect(room.local.state.get().wanted).toEqual({ microphone: false, camera: true });
  });

  it('shows a device that failed as off, and tries it again by its key', async () => {
    const room = fakeRoom();
    room.local.capture('camera', { status: 'failed', error: new RtcError('device-not-found') });
    await show(room);
    await page.getByRole('button', { name: 'Turn camera on' }).click();
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Turn camera off' })).toBeVisible();
  });

  it('says what an insecure address costs', async () => {
    const room = fakeRoom();
    room.local.capture('camera', { status: 'failed', error: new RtcError('insecure-context') });
    room.local.capture('microphone', { status: 'failed', error: new RtcError('insecure-context') });
    await show(room);
    await expect.element(page.getByText('Camera and microphone need a secure address')).toBeVisible();
  });

  it('needs no scrolling on a phone, whatever is wrong', async () => {
    const room = fakeRoom();
    await show(room, { size: PHONE, door: GUEST });
    await expect.element(page.getByLabelText('Your own picture')).toBeVisible();
    expect(document.documentElement.scrollHeight).toBeLessThanOrEqual(PHONE[1]);
    room.local.capture('microphone', { status: 'failed', error: new RtcError('permission-denied') });
    await expect.element(page.getByText('The microphone is blocked')).toBeVisible();
    expect(document.documentElement.scrollHeight).toBeLessThanOrEqual(PHONE[1]);
    room.local.capture('camera', { status: 'failed', error: new RtcError('permission-denied') });
    await expect.element(page.getByText('Camera and microphone are blocked')).toBeVisible();
    expect(document.documentElement.scrollHeight).toBeLessThanOrEqual(PHONE[1]);
  });

  it('says at once when there is no way in', async () => {
    const room = fakeRoom();
    await show(room);
    room.atDoor({ code: 'removed' });
    await expect.element(page.getByRole('heading', { name: 'You could not join' })).toBeVisible();
    expect(join.query()).toBeNull();
    // The camera's light is off: there is nothing left to look at oneself for.
    expect(Object.values(room.local.state.get().captures).map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => 'off'),
    );
  });

  it('says that web does not answer, until it does', async () => {
    const room = fakeRoom();
    await show(room);
    room.atDoor(new RtcError('ticket-unavailable'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('The server does not answer. Trying again.');
    await expect.element(join).toBeEnabled();
    room.atDoor(null);
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });

  it('waits with a word while the server does not answer', async () => {
    const room = fakeRoom();
    await show({
      ...room,
      rtc: {
        ...room.rtc,
        joinRoom(ready, who) {
          const session = room.rtc.joinRoom(ready, who);
          room.view({ room: null, phase: { name: 'joining', error: new RtcError('signal-unreachable') } });
          return session;
        },
      },
    });
    await join.click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The server does not answer. Trying again.');
    await expect.element(join).toHaveAttribute('aria-busy', 'true');
    room.view({ phase: { name: 'connected' } });
    await expect.element(page.getByRole('toolbar')).toBeVisible();
  });
});
