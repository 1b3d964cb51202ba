import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type QualityWatch, watchQuality } from './link-quality';
import { createFlightRecorder, silentLogger } from './logger';
import type { LinkStats } from './media/media-transport';
import { browserPlatform } from './platform';
import type { LinkState } from './room-view';

const BOB = 'bob-participant';
const CONNECTED: ReadonlyMap<string, LinkState> = new Map([[BOB, { status: 'connected' }]]);
const LOOK_MS = 3_000;

let watch: QualityWatch;
let lossPerLook: number;
let counted: { lost: number; received: number };
let looks: number;
let hidden: boolean;
let changes: number;
/** While not null: a reading that does not end by itself. */
let held: { end(): void } | null;
const flight = createFlightRecorder(silentLogger, () => Date.now());

function read(): LinkStats {
  counted = { lost: counted.lost + lossPerLook, received: counted.received + 300 - lossPerLook };
  return {
    participant: BOB,
    roundTripMs: 30,
    packetsLost: counted.lost,
    packetsReceived: counted.received,
    bytesReceived: 0,
    bytesSent: 0,
    framesDecoded: 0,
    localCandidateType: 'host',
    remoteCandidateType: 'host',
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  lossPerLook = looks = changes = 0;
  counted = { lost: 0, received: 0 };
  hidden = false;
  held = null;
  watch = watchQuality({
    async stats() {
      looks++;
      if (held) {
        const holding = held;
        await new Promise<void>((resolve) => (holding.end = resolve));
      }
      return [read()];
    },
    onChange: () => changes++,
    hidden: () => hidden,
    platform: browserPlatform,
    logger: flight,
  });
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

const quality = (): unknown => {
  const link = watch.judge(CONNECTED).get(BOB);
  return link?.status === 'connected' ? link.quality : link?.status;
};
const look = (times = 1): Promise<unknown> => vi.advanceTimersByTimeAsync(times * LOOK_MS);

test('one poor reading is no poor link; two in a row are', async () => {
  await look();
  lossPerLook = 60;
  await look();
  expect(quality()).toBe('good');
  await look();
  expect(quality()).toBe('poor');
  expect(changes).toBe(1);
});

test('a link that is poor now and then stays good, and the view is left alone', async () => {
  await look();
  for (let turn = 0; turn < 10; turn++) {
    lossPerLook = turn % 2 === 0 ? 60 : 0;
    await look();
    expect(quality()).toBe('good');
  }
  expect(changes).toBe(0);
});

test('a poor link must do well for a while before it is good again', async () => {
  lossPerLook = 60;
  await look(3);
  expect(quality()).toBe('poor');
  lossPerLook = 0;
  await look(4);
  expect(quality()).toBe('poor');
  await look();
  expect(quality()).toBe('good');
  expect(changes).toBe(2);
});

test('the worst line changes the view six times a minute at most', async () => {
  for (let second = 0; second < 60; second += LOOK_MS / 1_000) {
    lossPerLook = quality() === 'good' ? 60 : 0;
    await look();
  }
  expect(changes).toBeLessThanOrEqual(6);
});

test('a reading that takes long is waited for, not joined by another', async () => {
  held = { end: () => undefined };
  await look(4);
  expect(looks).toBe(1);
  held.end();
  held = null;
  await look();
  expect(looks).toBe(2);
});

test('reads nothing while the page is hidden, and does not hold against a link what was lost meanwhile', async () => {
  await look();
  hidden = true;
  await look(10);
  expect(looks).toBe(1);
  counted.lost += 5_000;
  hidden = false;
  await look(3);
  expect(looks).toBe(4);
  expect(quality()).toBe('good');
});

test('goes on after a reading that failed', async () => {
  const stats = vi.fn().mockRejectedValueOnce(new Error('closed')).mockResolvedValue([]);
  const other = watchQuality({ stats, onChange() {}, hidden: () => false, platform: browserPlatform, logger: flight });
  await look(2);
  expect(stats).toHaveBeenCalledTimes(2);
  other.close();
});

test('judges only links that are connected, and gives the same object for the same link', async () => {
  const interrupted: LinkState = { status: 'interrupted', since: 0 };
  const links = new Map([...CONNECTED, ['carol-participant', interrupted]] as const);
  expect(watch.judge(links).get('carol-participant')).toBe(interrupted);
  const before = watch.judge(links).get(BOB);
  await look(2);
  expect(watch.judge(links).get(BOB)).toBe(before);
});

test('the flight recorder keeps what was read', async () => {
  await look();
  expect(flight.entries().at(-1)).toMatchObject({ message: 'Stats', context: { links: [{ participant: BOB }] } });
});

test('stops', async () => {
  watch.close();
  await look(5);
  expect(looks).toBe(0);
});
