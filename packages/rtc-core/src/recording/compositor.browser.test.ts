import { afterEach, expect, test } from 'vitest';
import { mediaKey } from '../room-view';
import { colourTrack, probeColour } from '../testing/colour-track';
import { createCompositor } from './compositor';
import { sceneOf } from './scene';
import { ALICE, person, viewOf } from './testing/room-fixture';

const cleanUp: (() => unknown)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0)) undo();
});

/** A browser that is still fetching the timer's worker. */
function withoutTicks(): void {
  const Real = globalThis.Worker;
  cleanUp.push(() => (globalThis.Worker = Real));
  globalThis.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(String(url).includes('tick') ? 'data:text/javascript,' : url, options);
    }
  };
}

test('draws from the first moment on, also while the worker that keeps its time is still on its way', async () => {
  withoutTicks();
  const camera = colourTrack('#ff0000');
  let frames = 0;
  const compositor = createCompositor({ onFrame: () => frames++, onError: (error) => expect.fail(String(error)) });
  const probe = probeColour(compositor.track);
  cleanUp.push(
    () => probe.close(),
    () => compositor.close(),
    () => camera.stop(),
  );
  const scene = sceneOf(viewOf([person(ALICE, 'Alice', 1, ['camera'])]));
  compositor.show(scene, new Map([[mediaKey(ALICE, 'camera'), camera.track]]));
  // Red, as the camera: the initials that stand for it before its first frame are not.
  await expect.poll(() => probe.read()?.map((part) => part > 200)).toEqual([true, false, false]);
  compositor.close();
  const until = frames;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(frames).toBe(until);
});
