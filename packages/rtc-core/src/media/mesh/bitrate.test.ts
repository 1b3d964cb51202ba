import { describe, expect, test } from 'vitest';
import { videoEncoding } from './bitrate';

const HEIGHTS = [90, 120, 180, 240, 360, 480, 540, 720, 1_080, 2_160];
const WANTED = [null, 0, 45, 90, 120, 180, 270, 360, 540, 720, 1_080];

describe('for every capture, demand and number of receivers', () => {
  const cases = (['camera', 'screen'] as const).flatMap((source) =>
    HEIGHTS.flatMap((capturedHeight) =>
      WANTED.flatMap((wantedHeight) =>
        [0, 1, 2, 4, 7, 20].map((receivers) => ({ source, capturedHeight, wantedHeight, receivers })),
      ),
    ),
  );

  test('what nobody looks at is not sent, all else is', () => {
    for (const demand of cases) expect(videoEncoding(demand).active).toBe(demand.wantedHeight !== 0);
  });

  test('the numbers are ones that setParameters takes', () => {
    for (const demand of cases) {
      const { maxBitrate, scaleResolutionDownBy, maxFramerate } = videoEncoding(demand);
      expect(Number.isInteger(maxBitrate) && maxBitrate >= 100_000).toBe(true);
      expect(scaleResolutionDownBy).toBeGreaterThanOrEqual(1);
      expect(maxFramerate).toBeGreaterThan(0);
    }
  });

  test('cameras together stay within the uplink', () => {
    for (const demand of cases)
      if (demand.source === 'camera')
        expect(videoEncoding(demand).maxBitrate * Math.max(1, demand.receivers)).toBeLessThanOrEqual(6_000_010);
  });

  test('a picture is never smaller than it is shown, unless it was captured so or the mesh is large', () => {
    for (const demand of cases) {
      if (!demand.wantedHeight || demand.receivers > 2) continue;
      const sent = demand.capturedHeight / videoEncoding(demand).scaleResolutionDownBy;
      expect(sent).toBeGreaterThanOrEqual(Math.min(demand.wantedHeight, demand.capturedHeight, 1_080));
    }
  });
});

test('a screen keeps its lines in a large mesh', () => {
  const screen = { source: 'screen', capturedHeight: 1_080, wantedHeight: 700 } as const;
  expect(videoEncoding({ ...screen, receivers: 7 })).toMatchObject({
    scaleResolutionDownBy: 1,
    maxBitrate: 857_143,
  });
  expect(videoEncoding({ ...screen, wantedHeight: 120, receivers: 1 }).scaleResolutionDownBy).toBe(4);
});

test('a camera is sent smaller the more people there are', () => {
  const camera = { source: 'camera', capturedHeight: 720, wantedHeight: null } as const;
  const sent = [1, 2, 3, 4, 5, 7].map(
    (receivers) => 720 / videoEncoding({ ...camera, receivers }).scaleResolutionDownBy,
  );
  expect(sent).toEqual([720, 720, 480, 480, 360, 360]);
});

test('a capture of unknown height is sent as it is', () => {
  const unknown = videoEncoding({ source: 'camera', capturedHeight: 0, wantedHeight: null, receivers: 1 });
  expect(unknown.scaleResolutionDownBy).toBe(1);
});
