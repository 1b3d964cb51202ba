import { beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { type FakeRoom, fakeRoom, YOU } from './testing/fake-room';
import { show } from './testing/show';

const MAYA = { id: 'maya-okafor', name: 'Maya Okafor', colour: null } as const;
const key = page.getByRole('toolbar', { name: 'Call controls' }).getByRole('button', { name: 'Chat', exact: true });
const box = page.getByRole('textbox', { name: 'Message' });
const log = page.getByRole('log', { name: 'Messages' });

let room: FakeRoom;
let count = 0;
const says = (text: string): void =>
  room.happens({
    type: 'chat-sent',
    message: { id: `message-${count++}`, from: MAYA.id, name: MAYA.name, text, at: Date.now() },
  });

beforeEach(async () => {
  room = fakeRoom();
  await show(room);
  await page.getByRole('button', { name: 'Join now' }).click();
  await expect.element(key).toBeVisible();
  room.joins(MAYA);
});

it('lets one read back while a message waits to be sent again', async () => {
  for (let line = 0; line < 60; line++) says(`Line ${line}`);
  await key.click();
  room.refuseNext({ code: 'too-fast' });
  await box.fill('Later');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByRole('alert')).toBeVisible();
  log.element().scrollTop = 0;
  await expect.element(page.getByRole('button', { name: 'New messages' })).toBeVisible();
  says('One more');
  await expect.element(log.getByText('One more')).toBeInTheDocument();
  expect(log.element().scrollTop).toBe(0);
  // One's own word is what one wants to see.
  await box.fill('Now');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => log.element().scrollTop).toBeGreaterThan(0);
});

it('keeps what is half written while the panel is closed', async () => {
  await key.click();
  await box.fill('Half a thou');
  await key.click();
  await expect.element(box).not.toBeInTheDocument();
  await key.click();
  await expect.element(box).toHaveValue('Half a thou');
  await box.fill('Half a thought');
  await userEvent.keyboard('{Enter}');
  await key.click();
  await key.click();
  await expect.element(box).toHaveValue('');
});

it('closes on Escape, but not on the one that ends a composition', async () => {
  await key.click();
  const escape = { key: 'Escape', bubbles: true, cancelable: true };
  box.element().dispatchEvent(new KeyboardEvent('keydown', { ...escape, isComposing: true }));
  await expect.element(box).toBeVisible();
  box.element().dispatchEvent(new KeyboardEvent('keydown', escape));
  await expect.element(box).not.toBeInTheDocument();
});

it('sends again under the same id: what had arrived is not said twice', async () => {
  await key.click();
  room.view({ phase: { name: 'resuming', since: 0 } });
  room.refuseNext({ code: 'not-joined' });
  await box.fill('Did you hear me?');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByText('Sending')).toBeVisible();
  const ids = () => room.asked.filter(({ name }) => name === 'chat-id').map(({ argument }) => argument);
  room.happens({
    type: 'chat-sent',
    message: { id: String(ids()[0]), from: YOU, name: 'Sofia Almeida', text: 'Did you hear me?', at: Date.now() },
  });
  await expect.element(log.getByText('Sending')).not.toBeInTheDocument();
  room.view({ phase: { name: 'connected' } });
  await expect.poll(() => ids().length).toBe(2);
  expect(ids()[1]).toBe(ids()[0]);
  expect(log.getByText('Did you hear me?').elements()).toHaveLength(1);
});
