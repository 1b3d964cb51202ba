import { RtcError } from '../errors';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { askOutcome, awaitOutcome, sendManifest } from './manifest-sender';
import type { Spool } from './spool';
import { uploadGrowing } from './uploader';

/** A spool on its way to the server, while it grows and after. */
export interface Delivery {
  /** The server has every byte and the whole manifest: the page may be closed. Rejects with RtcError `upload-refused`. */
  readonly delivered: Promise<void>;
  /** The server has finalised the track and the spool is deleted; or it failed to or lost a part, and the spool is kept. Rejects as `delivered` does. */
  readonly finalised: Promise<void>;
  /** Stops sending; the spool stays. Idempotent. */
  close(): void;
}

export interface DeliveryOptions {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly onAcknowledged: (bytes: number) => void;
}

/** Uploads a spool and its manifest side by side, and deletes the spool when the server has finalised the track. */
export function deliver(spool: Spool, { platform, logger, onAcknowledged }: DeliveryOptions): Delivery {
  const { upload } = spool.content.get().meta;
  if (!upload) throw new Error('This take stays on the device.');
  const closing = new AbortController();
  const { signal } = closing;
  const common = { grant: upload.grant, platform, logger, signal };
  const manifest = { ...common, manifestUrl: upload.manifestUrl };

  const bytes = uploadGrowing(
    {
      extent: () => ({ bytes: spool.content.get().bytes, final: spool.content.get().stopped }),
      read: (start, end) => spool.read(start, end),
      onGrowth: (listener) => spool.content.subscribe(listener),
    },
    {
      ...common,
      endpoint: upload.uploadUrl,
      track: upload.track,
      url: spool.content.get().uploadUrl,
      keepUrl: (url) =>
        void spool.note({ type: 'upload', url }).catch((error: unknown) => {
          // Not fatal: a later visit would upload from the first byte.
          logger.warn('upload address not kept', { reason: String(error) });
        }),
      onAcknowledged,
      isFinalised: async () => (await askOutcome(spool.content.get(), manifest)) === 'finalised',
    },
  );
  const words = sendManifest(
    {
      content: () => spool.content.get(),
      slices: (from, count) => spool.slices(from, count),
      onGrowth: (listener) => spool.content.subscribe(listener),
    },
    manifest,
  );
  // When one is refused the other has nothing to do any more.
  const delivered = Promise.all([bytes, words])
    .then(() => spool.note({ type: 'delivered', at: platform.now() }))
    .catch((error: unknown) => {
      closing.abort(error);
      throw error;
    });
  const finalised = delivered.then(async () => {
    logger.info('recording delivered', { bytes: spool.content.get().bytes, slices: spool.content.get().slices });
    if ((await awaitOutcome(spool.content.get(), manifest)) === 'lacking')
      throw new RtcError('upload-refused', { detail: 'the server could not finalise the recording, or lost a part' });
    await spool.remove();
    logger.info('recording finalised');
  });
  // Whoever waits for these hears of a failure; nobody has to.
  delivered.catch(() => {});
  finalised.catch(() => {});
  return {
    delivered,
    finalised,
    close: () => closing.abort(new DOMException('The delivery was closed.', 'AbortError')),
  };
}
