import { createSpool, recoverSpool, type SpoolCore, type SyncFile } from './spool-core';
import {
  DATA_FILE,
  JOURNAL_FILE,
  SPOOL_FOLDER,
  type SpoolCalls,
  type SpoolReply,
  type SpoolRequest,
} from './spool-messages';

// Holds the files of one spool open. It lives in a worker because only there files can be written in place and flushed.

const LONGEST_WAIT_MS = 3_000;

let spool: SpoolCore | null = null;
let queue: Promise<void> = Promise.resolve();

/** FileSystemFileHandle with what TypeScript's DOM library leaves to its worker library. */
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

async function openFiles(id: string, create: boolean) {
  const root = await navigator.storage.getDirectory();
  const spools = await root.getDirectoryHandle(SPOOL_FOLDER, { create });
  const folder = await spools.getDirectoryHandle(id, { create });
  const open = async (name: string): Promise<SyncFile> =>
    whenFree((await folder.getFileHandle(name, { create })) as SyncFileHandle);
  const journal = await open(JOURNAL_FILE);
  try {
    return { journal, data: await open(DATA_FILE) };
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** A page that crashed or was closed a moment ago may still be letting go of its files. */
async function whenFree(handle: SyncFileHandle): Promise<SyncFile> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const held = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!held || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function opened(): SpoolCore {
  if (!spool) throw new Error('The spool is not open.');
  return spool;
}

const calls: { [N in keyof SpoolCalls]: (ask: SpoolCalls[N]['ask']) => Promise<SpoolCalls[N]['answer']> } = {
  async create({ meta }) {
    const files = await openFiles(meta.id, true);
    if (files.journal.getSize() > 0) {
      files.journal.close();
      files.data.close();
      throw new Error(`There is a spool ${meta.id} already.`);
    }
    spool = createSpool(files, meta);
    return spool.content();
  },
  async recover({ id }) {
    const files = await openFiles(id, false);
    spool = await recoverSpool(files);
    if (spool) return spool.content();
    files.journal.close();
    files.data.close();
    return null;
  },
  async append({ data, start, end, at }) {
    const slice = await opened().append(new Uint8Array(data), { start, end }, at);
    return { slice, content: opened().content() };
  },
  note({ note }) {
    opened().note(note);
    return Promise.resolve(opened().content());
  },
  read: ({ start, end }) => Promise.resolve(opened().read(start, end).buffer),
  slices: ({ from, count }) => Promise.resolve(opened().slices(from, count)),
  close() {
    spool?.close();
    spool = null;
    return Promise.resolve(null);
  },
};

async function answer(request: SpoolRequest): Promise<void> {
  const call = calls[request.name] as (ask: SpoolRequest['ask']) => Promise<unknown>;
  try {
    const value = await call(request.ask);
    reply({ id: request.id, ok: true, value }, value instanceof ArrayBuffer ? [value] : []);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    reply({ id: request.id, ok: false, name, message }, []);
  }
}

const reply = (message: SpoolReply, transfer: Transferable[]): void => self.postMessage(message, { transfer });

self.addEventListener('message', (event: MessageEvent<SpoolRequest>) => {
  queue = queue.then(() => answer(event.data));
});
