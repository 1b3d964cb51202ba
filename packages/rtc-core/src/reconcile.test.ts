import { expect, test } from 'vitest';
import { reconcile } from './reconcile';
import { seeded } from './testing/seeded';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test.each(Array.from({ length: 30 }, (_, seed) => seed))(
  'whatever is asked in whatever order, the last wish is reached, one change at a time (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    let running = 0;
    let resource = -1;
    const applied: number[] = [];
    const asked: number[] = [];
    const failed: number[] = [];
    const reconciler = reconcile<number>({
      async apply(value) {
        running += 1;
        expect(running).toBe(1);
        for (let turns = Math.floor(random() * 3); turns > 0; turns--) await turn();
        running -= 1;
        if (random() < 0.2) throw new Error('refused');
        applied.push(value);
        resource = value;
      },
      onFailure: (_error, value) => failed.push(value),
    });
    for (let step = 0; step < 40; step++) {
      const value = Math.floor(random() * 5);
      asked.push(value);
      reconciler.want(value);
      if (random() < 0.4) await turn();
    }
    await reconciler.settled();
    expect(running).toBe(0);
    const last = asked.at(-1);
    expect([resource, failed.at(-1)]).toContain(last);
    // What was applied is a subsequence of what was asked: nothing out of order, nothing invented.
    let from = 0;
    for (const value of applied) {
      from = asked.indexOf(value, from);
      expect(from).toBeGreaterThanOrEqual(0);
    }
  },
);

test('a value that is there already costs nothing', async () => {
  const applied: number[] = [];
  const reconciler = reconcile<number>({
    apply: (value) => Promise.resolve(void applied.push(value)),
    onFailure: () => undefined,
  });
  reconciler.want(1);
  await reconciler.settled();
  reconciler.want(2);
  reconciler.want(1);
  await reconciler.settled();
  expect(applied).toEqual([1]);
});

test('a failure is reported, not repeated by itself, and tried again when it is wanted again', async () => {
  const failures: unknown[] = [];
  let attempts = 0;
  const reconciler = reconcile<string>({
    apply: () => (++attempts < 2 ? Promise.reject(new Error('busy')) : Promise.resolve()),
    onFailure: (error, value) => failures.push([String(error), value]),
  });
  reconciler.want('camera');
  await reconciler.settled();
  await turn();
  expect(attempts).toBe(1);
  expect(failures).toEqual([['Error: busy', 'camera']]);
  reconciler.want('camera');
  await reconciler.settled();
  expect([attempts, failures.length]).toEqual([2, 1]);
});

test('after close nothing begins', async () => {
  const applied: number[] = [];
  const reconciler = reconcile<number>({
    apply: async (value) => {
      await turn();
      applied.push(value);
    },
    onFailure: () => undefined,
  });
  reconciler.want(1);
  await Promise.resolve();
  await Promise.resolve();
  reconciler.want(2);
  reconciler.close();
  reconciler.want(3);
  await turn();
  await turn();
  expect(applied).toEqual([1]);
});

test('closing releases who waits for a change that never ends', async () => {
  const reconciler = reconcile<number>({ apply: () => new Promise(() => {}), onFailure: () => undefined });
  reconciler.want(1);
  const settled = reconciler.settled();
  await turn();
  reconciler.close();
  await settled;
  await reconciler.settled();
});
