import { afterEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { type FakeRoom, YOU } from './testing/fake-room';
import { asked, enterCall, key, MAYA } from './testing/in-call';

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
