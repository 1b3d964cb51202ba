import type { Slice } from '@parley/protocol/recording';
import type { SpoolContent, SpoolMeta } from './journal';
import { createStore, type Readable } from '../store';
import type { SpoolNote } from './spool-core';
import { isSpoolKept } from './spool-lock';
import { SPOOL_FOLDER, type SpoolCallName, type SpoolCalls, type SpoolReply } from './spool-messages';

const CLOSE_PATIENCE_MS = 3_000;
/** The browser may kill the worker without a word. In steps, for the page itself may have stood still meanwhile. */
const APPEND_STEP_MS = 5_000;
const APPEND_STEPS = 3;

/** A browser's durable store of one track's slices. Everything it has answered survives a crash of the page or the browser. */
export interface Spool {
  /** What is flushed. */
  readonly content: Readable<SpoolContent>;
  /**
   * Takes `data` (it is gone from the caller's hands) and resolves once it is flushed. Throws QuotaExceededError, or another
   * error when the disk does not answer for 15 s.
   */
  append(data: ArrayBuffer, time: { start: number; end: number }, at: number): Promise<Slice>;
  note(note: SpoolNote): Promise<void>;
  /** Bytes `start` to `end` (exclusive) of the track. */
  read(start: number, end: number): Promise<Blob>;
  slices(from: number, count: number): Promise<readonly Slice[]>;
  /**
   * Closes, then deletes all of it. While the browser may be copying a file out of it for this page, that is only noted, and
   * the next visit deletes it.
   */
  remove(): Promise<void>;
  /** Lets go of the files once what was asked before is answered. Idempotent. */
  close(): Promise<void>;
}

/** Begins a spool in the origin's private file system. Rejects where there is none (private windows, old browsers). */
export async function createOpfsSpool(meta: SpoolMeta): Promise<Spool> {
  const worker = startWorker();
  try {
    return spoolOver(worker, await worker.call('create', { meta }));
  } catch (error) {
    worker.end();
    throw error;
  }
}

/** Opens a spool that an earlier page left; null when it holds nothing that can be read. Rejects while another page has it open. */
export async function recoverOpfsSpool(id: string): Promise<Spool | null> {
  const worker = startWorker();
  try {
    const content = await worker.call('recover', { id });
    if (content) return spoolOver(worker, content);
  } catch (error) {
    worker.end();
    throw error;
  }
  worker.end();
  return null;
}

/** Ids of the spools in this browser, open ones included. Empty where there is no private file system. */
export async function listOpfsSpools(): Promise<readonly string[]> {
  const folder = await spoolsFolder();
  if (!folder) return [];
  const ids: string[] = [];
  for await (const id of folder.keys()) ids.push(id);
  return ids.sort();
}

/** Deletes a spool that nobody has open. Missing is fine. */
export async function removeOpfsSpool(id: string): Promise<void> {
  const folder = await spoolsFolder();
  await folder?.removeEntry(id, { recursive: true }).catch(ignoreMissing);
}

/** A file of a spool that nobody has open; null when it is not there. */
export async function opfsSpoolFile(id: string, name: string): Promise<File | null> {
  try {
    const folder = await (await spoolsFolder())?.getDirectoryHandle(id);
    return (await (await folder?.getFileHandle(name))?.getFile()) ?? null;
  } catch (error) {
    ignoreMissing(error);
    return null;
  }
}

async function spoolsFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(SPOOL_FOLDER);
  } catch {
    return null; // never recorded here, or no private file system
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
}

interface SpoolWorker {
  call<N extends SpoolCallName>(
    name: N,
    ask: SpoolCalls[N]['ask'],
    transfer?: Transferable[],
  ): Promise<SpoolCalls[N]['answer']>;
  /** Nothing is answered any more: what was asked is rejected. */
  end(why?: Error): void;
}

function startWorker(): SpoolWorker {
  const worker = new Worker(new URL('./spool.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let ended: Error | null = null;
  const end = (why: Error): void => {
    ended ??= why;
    worker.terminate();
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<SpoolReply>) => {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.ok) call?.resolve(data.value as never);
    else call?.reject(new DOMException(data.message, data.name));
  });
  // The script did not load, or threw outside a call: nothing will be answered any more.
  worker.addEventListener('error', (event) => end(new Error(`The spool's worker failed: ${event.message}`)));
  return {
    call: (name, ask, transfer = []) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, name, ask }, { transfer });
      }),
    end: (why = new Error('The spool is closed.')) => end(why),
  };
}

function spoolOver(worker: SpoolWorker, initial: SpoolContent): Spool {
  const content = createStore(initial);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> =>
    (closing ??= Promise.race([
      worker.call('close', {}).catch(() => null),
      // The browser may have killed the worker, which says nothing then.
      new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS)),
    ]).then(() => worker.end()));
  return {
    content,
    async append(data, { start, end }, at) {
      let steps = 0;
      const timer = setInterval(() => {
        if (++steps === APPEND_STEPS) worker.end(new Error('The disk does not answer.'));
      }, APPEND_STEP_MS);
      try {
        const answer = await worker.call('append', { data, start, end, at }, [data]);
        content.set(answer.content);
        return answer.slice;
      } finally {
        clearInterval(timer);
      }
    },
    note: async (note) => content.set(await worker.call('note', { note })),
    read: async (start, end) => new Blob([await worker.call('read', { start, end })]),
    slices: (from, count) => worker.call('slices', { from, count }),
    async remove() {
      const { id } = initial.meta;
      if (isSpoolKept(id)) await worker.call('note', { note: { type: 'discarded' } });
      await close();
      if (!isSpoolKept(id)) await removeOpfsSpool(id);
    },
    close,
  };
}
