import { expect } from 'vitest';
import { page } from 'vitest/browser';
import { type FakeRoom, fakeRoom } from './fake-room';
import { show } from './show';

export const MAYA = { id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' } as const;
export const JONAS = { id: 'jonas-weber', name: 'Jonas Weber', colour: '#9db0ba' } as const;

export const bar = page.getByRole('toolbar', { name: 'Call controls' });
export const key = (name: string) => bar.getByRole('button', { name, exact: true });
export const tile = (name: string) =>
  page.getByRole('region', { name: 'Stage' }).getByRole('group', { name, exact: true });
/** With what the room was asked for `name`, each time. */
export const asked = (room: FakeRoom, name: string) =>
  room.asked.filter((command) => command.name === name).map(({ argument }) => argument);

/** Goes through the door of a fake room, into its call. */
export async function enterCall(
  options?: Parameters<typeof show>[1],
  as?: Parameters<typeof fakeRoom>[0],
): Promise<FakeRoom> {
  const room = fakeRoom(as);
  await show(room, options);
  await page.getByRole('button', { name: 'Join now' }).click();
  await expect.element(bar).toBeVisible();
  return room;
}
