// What a person sees on the console: one line a step, how long it took, and a cure with every error.

/** An error that is the person's to cure: its message is a sentence that names the cure; no stack is shown. */
export class Trouble extends Error {}

let tell = (text) => console.log(text);

export const say = (text) => tell(text);

/** From now on what is said goes to stderr: for a program whose stdout is read by others. */
export function sayOnStderr() {
  tell = (text) => console.error(text);
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs `work` as a named step: says when it begins, every ten seconds that it still runs, and how long it took.
 * @template T
 * @param {string} name what is happening, in the present: "Installing packages"
 * @param {() => Promise<T>} work
 * @param {{speaks?: boolean}} [options] `speaks`: the work says itself how far it is
 * @returns {Promise<T>}
 */
export async function step(name, work, { speaks = false } = {}) {
  const began = Date.now();
  say(`- ${name} ...`);
  const still = speaks
    ? undefined
    : setInterval(() => say(`  ${name}: ${Math.round((Date.now() - began) / 1000)} s so far`), 10_000);
  try {
    const value = await work();
    say(`  ${name}: done in ${seconds(began)}`);
    return value;
  } finally {
    clearInterval(still);
  }
}

/** What to do about errors of the system, by code. */
const CURES = {
  EACCES: 'This user may not read or write there. Give it the right to, or start as the user whose files these are.',
  EPERM: 'This user may not do that. Start as the user whose files these are.',
  EROFS: 'Nothing can be written there. Choose a place on a disk that is not read-only.',
  ENOSPC: 'The disk is full. Make room and try again.',
};
const OFFLINE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/;

/** What to do about what `text`, an error's message or the output of a program, tells; empty when that is not known. */
export function cure(text) {
  if (OFFLINE.test(text))
    return 'There is no way to the package registry. Check the connection to the internet ("npm ping" tells), and try again.';
  return Object.entries(CURES).find(([code]) => new RegExp(`\\b${code}\\b`).test(text))?.[1] ?? '';
}

/** Prints an error as a person wants it. */
export function explain(error) {
  if (error instanceof Trouble) console.error(`\n${error.message}`);
  else if (error.code in CURES) console.error(`\n${error.message}.\n${CURES[error.code]}`);
  else console.error(error);
}

/** Prints an error as a person wants it and ends the process. */
export function fail(error) {
  explain(error);
  process.exit(1);
}
