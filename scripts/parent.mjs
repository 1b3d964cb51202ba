import { readFileSync } from 'node:fs';

/** The parent of a process where /proc tells it, else null. */
function parentOf(pid) {
  try {
    // The second field is the name in parentheses and may hold anything; the parent is the second one after it.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return null;
  }
}

/**
 * Calls `then` once when the npm that runs us, or the shell between, is gone: npm hands a SIGTERM to its shell only, and a
 * kill -9 to nobody. Run without npm, a process may outlive its parent (nohup, a closing terminal), and nothing is watched.
 */
export function whenParentVanishes(then) {
  if (!process.env.npm_lifecycle_event) return;
  const line = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const born = line();
  const timer = setInterval(() => {
    if (line() === born) return;
    clearInterval(timer);
    then();
  }, 500);
  timer.unref();
}
