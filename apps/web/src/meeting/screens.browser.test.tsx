import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { LOCALES } from '../i18n/locale';
import { MESSAGES } from '../i18n/messages';
import { RtcError } from '@parley/rtc-core';
import { type FakeRoom, fakeRoom, YOU } from './testing/fake-room';
import { DESKTOP, expectAccessible, PHONE, show } from './testing/show';

// Every screen of the door and the call, in both languages: axe finds nothing, and pictures on request.

async function looked(name: string, part?: string): Promise<void> {
  const { VITE_PICTURES: folder } = import.meta.env as unknown as Record<string, unknown>;
  if (typeof folder === 'string') await page.screenshot({ path: `${folder}/${name}.png` });
  await expectAccessible(part);
}

afterEach(() => {
  delete document.body.dataset.theme;
});

function five(room: FakeRoom): void {
  room.joins({ id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' });
  room.joins({ id: 'jonas-weber', name: 'Jonas Weber', colour: '#9db0ba', muted: true });
  room.joins({ id: 'lin-yue-01', name: '林悦', colour: '#b7c4ab' });
  room.joins({ id: 'tomasz-kow', name: 'Tomasz Kowalczyk', colour: null, muted: true, guest: true });
  room.happens({ type: 'hand-set', participant: 'jonas-weber', raised: true });
  room.happens({ type: 'hand-set', participant: 'lin-yue-01', raised: true });
  room.view({ links: new Map([['tomasz-kow', { status: 'interrupted', since: 0 }]]) });
}

function talk(room: FakeRoom): void {
  const say = (id: string, from: string, name: string, text: string, minute: number): void =>
    room.happens({
      type: 'chat-sent',
      message: { id: `message-${id}`, from, name, text, at: Date.UTC(2026, 10, 24, 9, minute) },
    });
  say('1', 'jonas-weber', 'Jonas Weber', 'Is captions really six weeks, or four and a holiday?', 31);
  say('2', 'maya-okafor', 'Maya Okafor', 'Four and a holiday. The draft is here: pad.example.org/winter-draft', 32);
  say('3', 'lin-yue-01', '林悦', '字幕可以先只做英文和中文，其他语言下一版再加。', 34);
  say('4', YOU, 'Sofia Almeida', 'Agreed. English and Chinese first, the rest in spring.', 34);
}

describe.each(LOCALES)('in %s', (locale) => {
  const t = MESSAGES[locale].call;
  const join = async (): Promise<void> => {
    await page.getByRole('button', { name: t.door.joinNow }).click();
    await expect.element(page.getByRole('toolbar', { name: t.controls.label })).toBeVisible();
  };
  const key = (name: string) =>
    page.getByRole('toolbar', { name: t.controls.label }).getByRole('button', { name, exact: true });

  it('the door', async () => {
    const room = fakeRoom();
    await show(room, { locale, door: { userName: null, hostName: 'Sofia', mine: false } });
    await expect.element(page.getByLabelText(t.door.preview)).toBeVisible();
    room.local.speak(0.6);
    await looked(`door-${locale}`);
    await page.getByRole('button', { name: t.door.joinNow }).click();
    await expect.element(page.getByText(t.door.nameMissing)).toBeVisible();
    await looked(`door-name-${locale}`);
  });

  it('the door on a phone', async () => {
    const room = fakeRoom();
    await show(room, { locale, size: PHONE, door: { userName: null, hostName: 'Sofia', mine: false } });
    await expect.element(page.getByLabelText(t.door.preview)).toBeVisible();
    room.local.speak(0.6);
    expect(document.documentElement.scrollHeight).toBeLessThanOrEqual(PHONE[1]);
    await looked(`door-phone-${locale}`);
    await page.getByRole('button', { name: t.devices.title }).click();
    await expect.element(page.getByRole('combobox', { name: t.devices.camera })).toBeVisible();
    await looked(`door-phone-devices-${locale}`);
  });

  it.each([DESKTOP, PHONE])('the door without permission at %i x %i', async (...size) => {
    const room = fakeRoom();
    room.local.capture('camera', { status: 'failed', error: new RtcError('permission-denied') });
    room.local.capture('microphone', { status: 'failed', error: new RtcError('permission-denied') });
    await show(room, { locale, size, door: { userName: null, mine: false } });
    await expect.element(page.getByText(t.refused.titleBoth)).toBeVisible();
    await looked(`door-refused-${size[0]}-${locale}`);
  });

  it('the door with the camera off, starting, broken', async () => {
    const room = fakeRoom();
    room.local.setWanted({ camera: false });
    await show(room, { locale });
    await expect.element(page.getByText(t.door.cameraOff)).toBeVisible();
    await looked(`door-off-${locale}`);
    room.local.set({ wanted: { camera: true, microphone: true } });
    room.local.capture('camera', { status: 'starting' });
    await expect.element(page.getByText(t.door.cameraStarting, { exact: true })).toBeVisible();
    await looked(`door-starting-${locale}`);
    room.local.capture('camera', { status: 'failed', error: new RtcError('device-busy') });
    await expect.element(page.getByText(t.capture['device-busy'].text)).toBeVisible();
    await looked(`door-busy-${locale}`);
  });

  it('alone', async () => {
    await show(fakeRoom(), { locale });
    await join();
    await expect.element(page.getByText(t.alone.title)).toBeVisible();
    await looked(`alone-${locale}`);
  });

  it('alone on a phone', async () => {
    await show(fakeRoom(), { locale, size: PHONE });
    await join();
    await looked(`alone-phone-${locale}`);
  });

  it('two', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    room.joins({ id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' });
    await expect.element(page.getByRole('group', { name: 'Maya Okafor' })).toBeVisible();
    room.speaks('maya-okafor', 0.8);
    await looked(`two-${locale}`);
  });

  it('two on a phone, the line back', async () => {
    const room = fakeRoom();
    await show(room, { locale, size: PHONE });
    await join();
    room.joins({ id: 'amelie-laurent', name: 'Amélie Laurent', colour: '#d9a441' });
    room.notices({ type: 'back' });
    await expect.element(page.getByText(t.toasts.back).first()).toBeVisible();
    await looked(`two-phone-${locale}`);
  });

  it('five, with people and a recording', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    five(room);
    await looked(`five-${locale}`);
    await key(t.controls.record).click();
    room.notices({ type: 'speaking-while-muted' });
    await key(t.controls.people).click();
    await expect.element(page.getByRole('list', { name: t.people.title })).toBeVisible();
    room.speaks('maya-okafor', 0.8);
    await looked(`five-people-${locale}`);
  });

  it('five on a phone', async () => {
    const room = fakeRoom();
    await show(room, { locale, size: PHONE });
    await join();
    five(room);
    talk(room);
    room.happens({ type: 'take-started', take: 'take-0001', by: 'maya-okafor', destination: 'server' });
    room.local.setWanted({ microphone: false });
    room.happens({ type: 'muted-set', participant: YOU, source: 'microphone', muted: true, by: YOU });
    await looked(`five-phone-${locale}`);
    await key(t.controls.chat).click();
    await expect.element(page.getByRole('log', { name: t.chat.messages })).toBeVisible();
    await looked(`five-phone-chat-${locale}`);
    await userEvent.keyboard('{Escape}');
    await key(t.controls.more).click();
    await looked(`five-phone-more-${locale}`);
    await page.getByRole('button', { name: t.controls.people }).click();
    await expect.element(page.getByRole('list', { name: t.people.title })).toBeVisible();
    await looked(`five-phone-people-${locale}`);
  });

  it('a shared screen with chat', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    five(room);
    room.shares('maya-okafor');
    talk(room);
    await key(t.controls.chat).click();
    await expect.element(page.getByRole('log', { name: t.chat.messages })).toBeVisible();
    await looked(`share-chat-${locale}`);
    await page.viewport(...PHONE);
    await userEvent.keyboard('{Escape}');
    await looked(`share-phone-${locale}`);
    await page.viewport(820, 1_100);
    await looked(`share-tablet-${locale}`);
  });

  it('sharing oneself; menus', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    room.joins({ id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' });
    await key(t.controls.shareScreen).click();
    await expect.element(page.getByText(t.sharing.you)).toBeVisible();
    await looked(`sharing-${locale}`);
    await key(t.controls.more).click();
    await expect.element(page.getByRole('menu')).toBeVisible();
    await looked(`more-${locale}`, '[role=menu]');
  });

  it('reconnecting', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    room.joins({ id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' });
    room.joins({ id: 'jonas-weber', name: 'Jonas Weber', colour: '#9db0ba' });
    room.happens({ type: 'went-away', participant: 'jonas-weber' });
    room.view({ phase: { name: 'resuming', since: Date.now(), error: new RtcError('signal-unreachable') } });
    await expect.element(page.getByRole('status').getByText(t.resuming.title)).toBeVisible();
    await looked(`resuming-${locale}`);
  });

  it('what comes after', async () => {
    const room = fakeRoom();
    await show(room, { locale });
    await join();
    room.view({ recorder: { status: 'uploading', take: 'take-0001' } });
    room.progress({ recordedMs: 1_000, recordedBytes: 1_000, uploadedBytes: 630 });
    await key(t.controls.leave).click();
    await expect.element(page.getByRole('heading', { name: t.left.left })).toBeVisible();
    await looked(`left-${locale}`);
    for (const why of ['removed', 'ended', 'elsewhere'] as const) {
      room.view({ phase: { name: 'left', why: { type: why } } });
      await expect.element(page.getByRole('heading', { name: t.left[why] })).toBeVisible();
      await looked(`left-${why}-${locale}`);
    }
    room.view({ phase: { name: 'left', why: { type: 'refused', refusal: { code: 'room-full' } } } });
    await expect.element(page.getByRole('heading', { name: t.left.full })).toBeVisible();
    await looked(`left-full-${locale}`);
  });
});
