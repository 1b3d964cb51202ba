import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { deliver } from './delivery';
import { seekableFile } from './seekable-file';
import { recoverOpfsSpool, type Spool } from './spool';

/** What "Record to this device only" downloads. */
const FILE_NAME = 'video.webm';

export interface HandOverOptions {
  readonly saveFile: (file: Blob, name: string) => void;
  readonly onAcknowledged: (bytes: number) => void;
  /** Nothing more is sent: the spool may be closed. Not called while the browser may still read from its folder. */
  readonly onEnd: () => void;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** A spool on its way to where its take is meant to go. */
export interface HandOver {
  /** The recording has arrived: the page may be closed. Rejects with RtcError, and the spool is kept. */
  readonly done: Promise<void>;
  /** Stops; the spool stays for the next visit. Idempotent. */
  close(): void;
}

/**
 * Begins at once and goes on while the spool grows; ends when the spool has been noted as stopped. Until it is done, or has
 * failed or was closed, the browser asks before it closes the page.
 */
export function handOver(spool: Spool, options: HandOverOptions): HandOver {
  const out = spool.content.get().meta.destination === 'server' ? toServer(spool, options) : toDevice(spool, options);
  const stopAsking = askBeforeClosing();
  out.done.then(stopAsking, stopAsking);
  return {
    done: out.done,
    close() {
      stopAsking();
      out.close();
    },
  };
}

/** Each hand-over asks for itself: an earlier take may be on its way while another is recorded. */
function askBeforeClosing(): () => void {
  const question = (event: BeforeUnloadEvent): void => event.preventDefault();
  globalThis.addEventListener('beforeunload', question);
  return () => globalThis.removeEventListener('beforeunload', question);
}

function toServer(spool: Spool, options: HandOverOptions): HandOver {
  const delivery = deliver(spool, options);
  delivery.finalised
    .catch((error: unknown) => options.logger.warn('recording not finalised yet', { reason: String(error) }))
    .finally(() => options.onEnd());
  return { done: delivery.delivered, close: () => delivery.close() };
}

/**
 * The file lies in the spool's folder and is read from there while the browser saves it: the page keeps hold of it (`onEnd`
 * is not called then) so that no other tab deletes it meanwhile. Whether it was saved no page is told, so the spool stays.
 */
function toDevice(spool: Spool, { saveFile, onEnd, platform, logger }: HandOverOptions): HandOver {
  const { id } = spool.content.get().meta;
  let closed = false;
  let handed = false;
  const stopped = new Promise<void>((resolve) => {
    const check = (): void => {
      if (!spool.content.get().stopped) return;
      stopListening();
      resolve();
    };
    const stopListening = spool.content.subscribe(check);
    check();
  });
  const done = stopped.then(async () => {
    const { slices } = spool.content.get();
    await spool.close();
    if (closed || slices === 0) return;
    const file = await seekableFile(id);
    handed = true;
    saveFile(file, FILE_NAME);
    const saved = await recoverOpfsSpool(id);
    await saved?.note({ type: 'delivered', at: platform.now() });
    await saved?.close();
    logger.info('recording handed to the person');
  });
  done.catch(() => {
    if (!handed) onEnd();
  });
  return { done, close: () => (closed = true) };
}
