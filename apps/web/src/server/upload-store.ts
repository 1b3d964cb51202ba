import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import { Upload, type KvStore } from '@tus/server';
import { z } from 'zod';
import { env } from './env';

const uploadId = z.string().regex(/^[0-9a-f]{32}$/u);

export const uploadsFolder = (): string => path.join(env().DATA_DIR, 'uploads');

/** The file that holds the bytes of an upload. */
export function uploadFile(id: string): string {
  return path.join(uploadsFolder(), uploadId.parse(id));
}

const config = z.object({
  id: uploadId,
  offset: z.number().default(0),
  size: z.number().optional(),
  metadata: z.record(z.string(), z.string().nullable()).optional(),
  creation_date: z.string().optional(),
});

/**
 * What tus remembers of an upload besides its bytes, one JSON file each, replaced whole: the library's own store writes
 * in place, and a process killed in the middle of that would make the upload look gone.
 */
class UploadNotes implements KvStore<Upload> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(id: string): Promise<Upload | undefined> {
    const text = await readFile(this.#file(id), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const notes = notesIn(text);
    // A full disk, a kill or a power cut leaves bytes without notes, or with torn ones. The bytes are what counts: the
    // store reads from them how far the upload is, and the recorder says the length again.
    if (!notes) return (await arrived(id)) ? new Upload({ id, offset: 0 }) : undefined;
    const { size, metadata, creation_date, ...rest } = notes;
    return new Upload({
      ...rest,
      ...(size === undefined ? {} : { size }),
      ...(metadata ? { metadata } : {}),
      ...(creation_date ? { creation_date } : {}),
    });
  }

  async set(id: string, upload: Upload): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${this.#file(id)}.part`, JSON.stringify(upload));
    await rename(`${this.#file(id)}.part`, this.#file(id));
  }

  async delete(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  #file(id: string): string {
    return path.join(this.#folder, `${uploadId.parse(id)}.json`);
  }
}

function notesIn(text: string): z.infer<typeof config> | null {
  try {
    return config.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Where tus puts arriving bytes. */
export function uploadStore(): FileStore {
  return new FileStore({ directory: uploadsFolder(), configstore: new UploadNotes(uploadsFolder()) });
}

/** How many bytes of an upload are here, and when the last came (ms since the epoch). Null: there is no such upload. */
export async function arrived(id: string | null): Promise<{ bytes: number; lastAt: number } | null> {
  if (id === null) return null;
  try {
    const { size, mtimeMs } = await stat(uploadFile(id));
    return { bytes: size, lastAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Notes that the recorder is at work, though it brought no bytes just now. */
export async function touchUpload(id: string | null): Promise<void> {
  if (id === null) return;
  const now = new Date();
  await utimes(uploadFile(id), now, now).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Removes an upload's bytes and notes. Nothing is said when there were none. */
export async function removeUpload(id: string): Promise<void> {
  await rm(`${uploadFile(id)}.json`, { force: true });
  await rm(uploadFile(id), { force: true });
}
