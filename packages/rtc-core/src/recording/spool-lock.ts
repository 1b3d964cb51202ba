/** Spools that this page keeps until it goes. */
const kept = new Set<string>();

const nameOf = (id: string): string => `parley-recording-${id}`;

/**
 * Takes a spool for this page, for as long as the page lives or until the returned function is called. Null when another
 * page (or another part of this one) has it: its recorder is alive.
 */
export function holdSpool(id: string): Promise<(() => void) | null> {
  // What the page keeps its parts take in turns.
  return take(kept.has(id) ? `${nameOf(id)}-turn` : nameOf(id));
}

/**
 * Keeps a spool for this page until it goes, for the browser may be copying a file out of it and no page is told when that
 * is over. Whoever calls this holds it, and does not let go of it if it was not kept before; the other parts of the page
 * go on taking it with `holdSpool`.
 */
export const keepSpool = (id: string): void => void kept.add(id);

/** Whether the browser may be copying a file out of it for this page: nothing in it may be deleted. */
export const isSpoolKept = (id: string): boolean => kept.has(id);

function take(name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
