import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chainText, type Slice } from '@parley/protocol/recording';
import { z } from 'zod';

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url);

/** Three seconds as Chromium's MediaRecorder writes them (VP8 160x120 and Opus, no duration, no cues), for tests. */
export function recordedTake(): Buffer {
  return readFileSync(fixture('three-seconds.webm'));
}

/** The slices MediaRecorder handed out for `recordedTake`, about 500 ms each, as the recorder's manifest has them. */
export function recordedSlices(): Slice[] {
  const cuts = z
    .array(z.object({ start: z.number(), end: z.number(), bytes: z.number() }))
    .parse(JSON.parse(readFileSync(fixture('three-seconds.json'), 'utf8')));
  return chained(recordedTake(), cuts);
}

/** The manifest of `bytes` cut as `cuts` says. */
export function chained(bytes: Buffer, cuts: readonly { start: number; end: number; bytes: number }[]): Slice[] {
  let offset = 0;
  let chain: string | null = null;
  return cuts.map((cut, n) => {
    const sha256 = createHash('sha256')
      .update(bytes.subarray(offset, (offset += cut.bytes)))
      .digest('hex');
    const unchained = { ...cut, n, sha256 };
    chain = createHash('sha256').update(chainText(chain, unchained)).digest('hex');
    return { ...unchained, chain };
  });
}
