import type { RemuxReply } from './remux.worker';
import { opfsSpoolFile } from './spool';
import { isSpoolKept } from './spool-lock';
import { DATA_FILE, SEEKABLE_FILE } from './spool-messages';

/** What this page has made. Of a spool that it keeps it is not made anew, for the browser may still be copying it. */
const made = new Map<string, File>();

/**
 * A closed spool's track as a WebM file with duration and cues. It lies beside the track and goes with the spool: whoever
 * saves it must have read it before the spool is removed.
 * @throws Error when there is nothing in the spool.
 */
export async function seekableFile(id: string): Promise<File> {
  const ready = made.get(id);
  if (ready && isSpoolKept(id)) return ready;
  const reply = await new Promise<RemuxReply>((resolve, reject) => {
    const worker = new Worker(new URL('./remux.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<RemuxReply>) => {
      worker.terminate();
      resolve(data);
    });
    worker.addEventListener('error', (event) => {
      worker.terminate();
      reject(new Error(`The worker that makes the file seekable failed: ${event.message}`));
    });
    worker.postMessage(id);
  });
  const file = await opfsSpoolFile(id, reply.ok ? SEEKABLE_FILE : DATA_FILE);
  if (!file || file.size === 0) throw new Error(reply.ok ? 'The file is gone.' : reply.message);
  if (reply.ok) made.set(id, file);
  return file;
}
