import { finalise, finaliseJob, type FinaliseMessage } from './finalise';
import { NothingToPlay } from './finalise-copy';

// The process that makes a recording ready, so that web goes on answering meanwhile. One job comes in over the IPC
// channel, progress and one answer go out. `finalise-run.ts` is its parent.

const PROGRESS_EVERY_MS = 500;

// Without a parent there is nobody to move the file in place, and a restarted web runs the job again.
// ffmpeg is of the same process group (finalise-run.ts), and goes too.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

process.once('message', (message) => {
  void work(message).then((answer) => process.send?.(answer, () => process.disconnect()));
});

async function work(message: unknown): Promise<FinaliseMessage> {
  let told = 0;
  try {
    const result = await finalise(finaliseJob.parse(message), (ms) => {
      const now = Date.now();
      if (now - told < PROGRESS_EVERY_MS) return;
      told = now;
      process.send?.({ type: 'progress', ms } satisfies FinaliseMessage);
    });
    return { type: 'done', result };
  } catch (error) {
    return { type: 'failed', message: String(error), lasting: error instanceof NothingToPlay };
  }
}
