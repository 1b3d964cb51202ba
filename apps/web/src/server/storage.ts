import { copyFile, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { env } from './env';

/** A finished file in the store. */
export interface StoredFile {
  readonly bytes: number;
}

/** Where finished recordings lie. Keys are made by us: letters, digits, `-`, `_`, `.` and single slashes. */
export interface RecordingStore {
  /** A folder for unfinished files, on the same disk as the store where that makes moving them cheap. */
  readonly workDir: string;
  /** Moves `file` in under `key`, replacing what was there. Durable when it returns; whoever reads the old one goes on reading it. */
  put(key: string, file: string): Promise<void>;
  stat(key: string): Promise<StoredFile | null>;
  /** Bytes `start` to `end`, both included. Cancelling the stream gives back what it holds; it fails when there is no such file. */
  read(key: string, start: number, end: number): ReadableStream<Uint8Array>;
  /** Nothing is said when there was nothing. */
  delete(key: string): Promise<void>;
}

const READ_BYTES = 256 * 1024;

/** The store on the local disk, in the folder `root`. */
export function diskStore(root: string): RecordingStore {
  const fileOf = (key: string): string => {
    if (!/^[\w-]+(?:[./][\w-]+)*$/u.test(key)) throw new Error(`not a storage key: ${key}`);
    return path.join(root, key);
  };
  return {
    workDir: path.join(root, '.work'),

    async put(key, file) {
      const target = fileOf(key);
      const made = await mkdir(path.dirname(target), { recursive: true });
      try {
        await rename(file, target);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
        // Another disk: copy beside the target first, so that a cut leaves no half file under the key.
        await copyFile(file, `${target}.part`);
        await flush(`${target}.part`);
        await rename(`${target}.part`, target);
        await rm(file);
      }
      // The name, and the names of the folders that are new with it.
      for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
        await flush(folder);
        if (made === undefined || folder === path.dirname(made)) break;
      }
    },

    async stat(key) {
      try {
        return { bytes: (await stat(fileOf(key))).size };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },

    read(key, start, end) {
      const name = fileOf(key);
      let file: FileHandle | null = null;
      let at = start;
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            try {
              // Opened by the first read: a body that nobody reads or cancels holds nothing.
              file ??= await open(name, 'r');
              const buffer = new Uint8Array(Math.min(READ_BYTES, end + 1 - at));
              const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
              at += bytesRead;
              if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
              if (bytesRead === 0 || at > end) {
                await file.close();
                controller.close();
              }
            } catch (error) {
              await file?.close();
              controller.error(error);
            }
          },
          cancel: () => file?.close(),
        },
        { highWaterMark: 0 },
      );
    },

    delete: (key) => rm(fileOf(key), { force: true }),
  };
}

/** Makes what was written, or a name in a folder, survive a power cut. */
async function flush(name: string): Promise<void> {
  const handle = await open(name, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The store of this install. */
export function recordingStore(): RecordingStore {
  return diskStore(path.join(env().DATA_DIR, 'recordings'));
}
