import { afterEach, expect, it, vi } from 'vitest';
import { play } from './sounds';

afterEach(() => vi.restoreAllMocks());

it('lets go of the chosen speaker when the sound is over', async () => {
  const players: HTMLMediaElement[] = [];
  vi.spyOn(HTMLMediaElement.prototype, 'setSinkId').mockImplementation(function (this: HTMLMediaElement) {
    players.push(this);
    return Promise.resolve();
  });
  play('chat', 'a-speaker');
  play('hand', 'a-speaker');
  await expect.poll(() => players.filter(({ paused }) => !paused).length).toBe(2);
  await expect
    .poll(() => players.map(({ paused, srcObject }) => [paused, srcObject]))
    .toEqual([
      [true, null],
      [true, null],
    ]);
});
