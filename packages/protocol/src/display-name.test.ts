import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanName, displayName, MAX_NAME_LENGTH } from './display-name';

describe('displayName', () => {
  test.each([
    ['  Ada   Lovelace ', 'Ada Lovelace'],
    ['Ada\u0000\u0007\nLovelace', 'Ada Lovelace'],
    ['\u202Eevil\u202C', 'evil'],
    ['a\u2066b\u2069c\u200Fd', 'a b c d'],
    ['zero\u200Bwidth\uFEFF', 'zero width'],
    ['Zoe\u0308', 'Zoë'],
    ['<b>Ada</b> & "Co"', '<b>Ada</b> & "Co"'],
    ['王小明', '王小明'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
    ['عائشة', 'عائشة'],
    ['a\u061Cb', 'a b'],
    ['A\uD800da \uDE00', 'A da'],
    ['Ada 😀', 'Ada 😀'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
  ])('cleans %j to %j', (raw, clean) => {
    expect(displayName.parse(raw)).toBe(clean);
  });

  test.each([
    '',
    '   ',
    '\u202E\u200B',
    '\u3164',
    '\u2800 \u115F\u200D',
    '\u{E0041}\u00AD',
    'x'.repeat(MAX_NAME_LENGTH + 1),
    'x'.repeat(1_000_000),
    7,
    null,
    undefined,
    {},
  ])('refuses %j', (raw) => {
    expect(displayName.safeParse(raw).success).toBe(false);
  });

  test('accepts the longest name', () => {
    expect(displayName.parse('x'.repeat(MAX_NAME_LENGTH))).toHaveLength(MAX_NAME_LENGTH);
  });

  test('whatever comes in, nothing comes out that could hide or turn the text around it; cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (raw) => {
        const clean = cleanName(raw);
        expect(clean).not.toMatch(/[\p{Cc}\u061c\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029]/u);
        expect(cleanName(clean)).toBe(clean);
      }),
      { numRuns: 2_000 },
    );
  });
});
