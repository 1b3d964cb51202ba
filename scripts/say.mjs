// What a person sees on the console: one line a step, how long it took, and a cure with every error.

/** An error that is the person's to cure: its message is a sentence that names the cure; no stack is shown. */
export class Trouble extends Error {}

export const say = (text) => console.log(text);

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

/** Prints an error as a person wants it and ends the process. */
export function fail(error) {
  console.error(error instanceof Trouble ? `\n${error.message}` : error);
  process.exit(1);
}
