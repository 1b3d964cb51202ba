import { expect, test } from 'vitest';
import type { LinkStats } from './media-transport';
import { linkQuality } from './quality';

const stats = (change: Partial<LinkStats>): LinkStats => ({
  participant: 'bob-participant',
  roundTripMs: 30,
  packetsLost: 0,
  packetsReceived: 0,
  bytesReceived: 0,
  bytesSent: 0,
  framesDecoded: 0,
  localCandidateType: 'host',
  remoteCandidateType: 'host',
  ...change,
});

test.each([
  ['nothing lost', { packetsLost: 5, packetsReceived: 1_000 }, { packetsLost: 5, packetsReceived: 1_300 }, 'good'],
  ['a little lost', { packetsReceived: 1_000 }, { packetsLost: 10, packetsReceived: 1_300 }, 'good'],
  ['much lost', { packetsReceived: 1_000 }, { packetsLost: 30, packetsReceived: 1_270 }, 'poor'],
  ['long ago lost', { packetsLost: 500, packetsReceived: 500 }, { packetsLost: 500, packetsReceived: 800 }, 'good'],
  ['too few to tell', { packetsReceived: 10 }, { packetsLost: 3, packetsReceived: 15 }, 'good'],
  ['far away', {}, { roundTripMs: 450 }, 'poor'],
  ['round trip unknown', {}, { roundTripMs: null }, 'good'],
  ['counters that began again', { packetsLost: 900, packetsReceived: 900 }, { packetsReceived: 50 }, 'good'],
] as const)('%s', (_, before, now, quality) => {
  expect(linkQuality(stats(before), stats(now))).toBe(quality);
});
