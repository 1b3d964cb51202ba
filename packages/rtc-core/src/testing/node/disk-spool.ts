import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createStore } from '../../store';
import type { SpoolMeta } from '../../recording/journal';
import type { Spool } from '../../recording/spool';
import { createSpool, recoverSpool, type SpoolCore, type SyncFile } from '../../recording/spool-core';
import { DATA_FILE, JOURNAL_FILE } from '../../recording/spool-messages';

/** A file of Node's as a spool sees the browser's: the same spool code runs in tests without a browser. */
export function diskFile(path: string): SyncFile {
  const file = openSync(path, 'a+');
  closeSync(file);
  const handle = openSync(path, 'r+');
  return {
    getSize: () => fstatSync(handle).size,
    read: (buffer, { at }) => readSync(handle, buffer, 0, buffer.byteLength, at),
    write: (buffer, { at }) => writeSync(handle, buffer, 0, buffer.byteLength, at),
    truncate: (size) => ftruncateSync(handle, size),
    flush: () => fsyncSync(handle),
    close: () => closeSync(handle),
  };
}

const files = (folder: string) => ({
  data: diskFile(join(folder, DATA_FILE)),
  journal: diskFile(join(folder, JOURNAL_FILE)),
});

export async function createDiskSpool(folder: string, meta: SpoolMeta): Promise<Spool> {
  await mkdir(folder, { recursive: true });
  return spoolOver(createSpool(files(folder), meta), folder);
}

export async function recoverDiskSpool(folder: string): Promise<Spool | null> {
  const core = await recoverSpool(files(folder));
  return core && spoolOver(core, folder);
}

function spoolOver(core: SpoolCore, folder: string): Spool {
  const content = createStore(core.content());
  let closed = false;
  const close = (): Promise<void> => {
    if (!closed) core.close();
    closed = true;
    return Promise.resolve();
  };
  return {
    content,
    async append(data, time, at) {
      const slice = await core.append(new Uint8Array(data), time, at);
      content.set(core.content());
      return slice;
    },
    note(note) {
      core.note(note);
      content.set(core.content());
      return Promise.resolve();
    },
    read: (start, end) => Promise.resolve(new Blob([core.read(start, end)])),
    slices: (from, count) => Promise.resolve(core.slices(from, count)),
    async remove() {
      await close();
      rmSync(folder, { recursive: true });
    },
    close,
  };
}
