import { describe, expect, test } from 'vitest';
import { chainText, manifestUpdate } from './recording';

describe('manifest', () => {
  const slice = { n: 0, start: 0, end: 500.5, bytes: 9, sha256: 'a'.repeat(64) };

  test('the chained text names every field, in order', () => {
    expect(chainText(null, slice)).toBe(`\n0\n0\n500.5\n9\n${'a'.repeat(64)}`);
    expect(chainText('b'.repeat(64), { ...slice, n: 1 })).toMatch(new RegExp(`^b{64}\n1\n`, 'u'));
  });

  test('refuses slices with negative times, wrong hashes or too many at once', () => {
    const good = { ...slice, chain: 'c'.repeat(64) };
    expect(manifestUpdate.safeParse({ slices: [good] }).success).toBe(true);
    for (const wrong of [
      { ...good, start: -1 },
      { ...good, sha256: 'A'.repeat(64) },
      { ...good, n: 0.5 },
    ])
      expect(manifestUpdate.safeParse({ slices: [wrong] }).success).toBe(false);
    expect(manifestUpdate.safeParse({ slices: Array.from({ length: 2_001 }, () => good) }).success).toBe(false);
  });
});
