/**
 * Takes a spool for this page, for as long as the page lives or until the returned function is called. Null when another
 * page (or another part of this one) has it: its recorder is alive.
 */
export function holdSpool(id: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`parley-recording-${id}`, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
