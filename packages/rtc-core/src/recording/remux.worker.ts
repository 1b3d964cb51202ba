import { BlobSource, Conversion, Input, Output, StreamTarget, WEBM, WebMOutputFormat } from 'mediabunny';
import type { SyncFile } from './spool-core';
import { DATA_FILE, SEEKABLE_FILE, SPOOL_FOLDER } from './spool-messages';

// Copies a track into a file with a duration and cues, from disk to disk: only a cluster at a time is in memory.

/** The name of a spool, and what comes back. */
export type RemuxReply = { readonly ok: true } | { readonly ok: false; readonly message: string };

interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

async function remux(id: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle(SPOOL_FOLDER)).getDirectoryHandle(id);
  const source = await (await folder.getFileHandle(DATA_FILE)).getFile();
  const handle = (await folder.getFileHandle(SEEKABLE_FILE, { create: true })) as SyncFileHandle;
  const file = await handle.createSyncAccessHandle();
  try {
    file.truncate(0);
    const writable = new WritableStream<{ data: Uint8Array<ArrayBuffer>; position: number }>({
      write({ data, position }) {
        if (file.write(data, { at: position }) < data.byteLength) throw new Error('The disk took only a part.');
      },
    });
    const conversion = await Conversion.init({
      input: new Input({ source: new BlobSource(source), formats: [WEBM] }),
      output: new Output({ format: new WebMOutputFormat(), target: new StreamTarget(writable, { chunked: true }) }),
      showWarnings: false,
    });
    if (!conversion.isValid) throw new Error('The track holds nothing that can be copied.');
    await conversion.execute();
    file.flush();
  } catch (error) {
    // Half a file is of no use, and takes the room of the track.
    file.truncate(0);
    throw error;
  } finally {
    file.close();
  }
}

self.addEventListener('message', (event: MessageEvent<string>) => {
  const reply = (message: RemuxReply): void => self.postMessage(message);
  remux(event.data).then(
    () => reply({ ok: true }),
    (error: unknown) => reply({ ok: false, message: String(error) }),
  );
});
