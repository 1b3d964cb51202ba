// The same zod in functions instead of methods: what a schema does not use stays out of the browser's bundle.
import * as z from 'zod/mini';

/** Longest name shown, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 80;

// Control characters and the bidirectional overrides and isolates (Unicode UAX #9): a name must not
// be able to reverse, hide or break the text around it. Lone surrogates are no text at all: no database takes them.
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- removing control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u200b\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ud800-\udfff\ufeff]/gu;

/** A name as it may be shown: no control or bidi characters, single spaces, trimmed. May come out empty, or invisible. */
export function cleanName(raw: string): string {
  return raw.normalize('NFC').replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim();
}

/** What shows nothing by itself (UAX #44), such as Hangul fillers, and the empty Braille cell. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800\s]/gu;
/** Whether a clean name shows anything. */
export const isVisible = (name: string): boolean => name.replace(INVISIBLE, '') !== '';

/** Accepts 1 to 80 characters of visible name and gives it cleaned. Markup is kept as text: React escapes it. */
export const displayName = z.pipe(
  z.pipe(z.string().check(z.maxLength(1_000)), z.transform(cleanName)),
  z.string().check(z.minLength(1), z.maxLength(MAX_NAME_LENGTH), z.refine(isVisible)),
);
