import { afterEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { type FakeRoom, fakeRoom, YOU } from './testing/fake-room';
import { asked, enterCall, key, MAYA } from './testing/in-call';
import { PHONE, show } from './testing/show';

let room: FakeRoom;
const enter = async (...how: Parameters<typeof enterCall>): Promise<void> => {
  room = await enterCall(...how);
};

afterEach(() => {
  delete document.body.dataset.theme;
});

describe('recording', () => {
  const status = page.getByRole('status', { name: 'Recording' });

  it('tells everybody, and the room that it was told', async () => {
    await enter({}, { role: 'participant' });
    room.joins(MAYA);
    expect(status.query()).toBeNull();
    room.happens({ type: 'take-started', take: 'take-0001', by: MAYA.id, destination: 'server' });
    await expect.element(status).toBeVisible();
    await expect.poll(() => asked(room, 'noticeShown')).toEqual(['take-0001']);
    room.happens({ type: 'take-stopped', take: 'take-0001', why: 'stopped' });
    await expect.element(status).not.toBeInTheDocument();
    room.happens({ type: 'take-started', take: 'take-0002', by: MAYA.id, destination: 'server' });
    await expect.poll(() => asked(room, 'noticeShown')).toEqual(['take-0001', 'take-0002']);
  });

  it('is read out also to who comes in while it runs', async () => {
    room = fakeRoom({ role: 'participant' });
    room.joins(MAYA);
    room.happens({ type: 'take-started', take: 'take-0001', by: MAYA.id, destination: 'server' });
    await show(room);
    // Only what changes in a live region that was there before is read out.
    const changed = new Set<Node>();
    const watch = new MutationObserver((records) => records.forEach(({ target }) => changed.add(target)));
    watch.observe(document.body, { childList: true, characterData: true, subtree: true });
    await page.getByRole('button', { name: 'Join now' }).click();
    await expect.element(status).toBeVisible();
    const said = () => [...changed].filter((node) => node instanceof Element && node.matches('[aria-live=polite]'));
    await expect.poll(() => said().map((node) => node.textContent), { timeout: 15_000 }).toContain('Recording');
    watch.disconnect();
    expect(status.elements()).toHaveLength(1);
  });

  it('is started and stopped by a host', async () => {
    await enter();
    await key('Record').click();
    await expect.element(status).toBeVisible();
    await key('Stop recording').click();
    await expect.element(key('Record')).toBeVisible();
    await key('More').click();
    await page.getByRole('menuitem', { name: 'Record to this device only' }).click();
    expect(asked(room, 'startRecording')).toEqual(['server', 'device']);
  });

  it('shows who records how much of it is saved, and of a take for this device no percent', async () => {
    await enter();
    await key('Record').click();
    room.progress({ recordedMs: 60_000, recordedBytes: 12_000_000, uploadedBytes: 11_840_000 });
    await expect.element(page.getByText('11.8 of 12 MB saved')).toBeVisible();
    await page.viewport(...PHONE);
    await key('More').click();
    await expect.element(page.getByRole('dialog').getByText('11.8 of 12 MB saved')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    room.view({ recorder: { status: 'uploading', take: 'take-0001' } });
    const saving = page.getByRole('status', { name: 'Keep this page open until it is saved.' });
    await expect.element(saving).toHaveTextContent('Saving, 98 %');
    room.progress({ recordedMs: 60_000, recordedBytes: 12_000_000, uploadedBytes: 0 });
    await expect.element(saving).toHaveTextContent(/^Saving$/u);
  });

  it('takes a double click for one', async () => {
    await enter();
    room.happens({ type: 'take-started', take: 'take-0001', by: YOU, destination: 'server' });
    await key('Stop recording').dblClick();
    await expect.element(key('Record')).toBeVisible();
    expect(asked(room, 'stopRecording')).toHaveLength(1);
    expect(asked(room, 'startRecording')).toEqual([]);
  });

  it('makes leaving a question', async () => {
    await enter();
    await key('Record').click();
    await expect.element(status).toBeVisible();
    await key('Leave').click();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(asked(room, 'leave')).toEqual([]);
    await key('Leave').click();
    await page.getByRole('button', { name: 'Stop and leave' }).click();
    await expect.element(page.getByText('You left the meeting')).toBeVisible();
    expect(asked(room, 'stopRecording')).toHaveLength(1);
  });

  it('asks nothing about a take that has ended, though it is still being written', async () => {
    await enter();
    await key('Record').click();
    await expect.element(status).toBeVisible();
    room.happens({ type: 'take-stopped', take: 'take-0001', why: 'stopped' });
    await expect.element(key('Record')).toBeVisible();
    await key('Leave').click();
    await expect.element(page.getByText('You left the meeting')).toBeVisible();
  });
});
