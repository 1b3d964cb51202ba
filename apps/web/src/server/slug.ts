import { randomInt } from 'node:crypto';

/** Without i, l and o: letters one can read out over the telephone. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz';
/** 4 + 4 + 4 of 23 letters: 54 bits. The slug opens nothing by itself; it only must not be guessed along. */
const GROUPS = [4, 4, 4];

/** A new slug such as `kqwd-mnab-tzrc`, from the cryptographic source. */
export function newSlug(): string {
  return GROUPS.map((length) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-');
}

/** Whether `text` may be a slug at all. What else stands in an address (PostgreSQL takes no NUL) is looked up nowhere. */
export const isSlug = (text: string): boolean => /^[\w-]{1,64}$/u.test(text);
