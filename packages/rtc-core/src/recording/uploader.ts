import { DetailedError, type HttpRequest, type HttpResponse, type HttpStack, Upload } from 'tus-js-client';
import { RtcError } from '../errors';
import type { Logger } from '../logger';
import type { Platform } from '../platform';
import { createBackoff, verdictOf } from './retry';

/** A file that is still being written. */
export interface GrowingSource {
  /** How many bytes can be read now, and whether there will be no more. */
  extent(): { readonly bytes: number; readonly final: boolean };
  read(start: number, end: number): Promise<Blob>;
  /** Calls `listener` when the extent has changed; returns the function that stops it. */
  onGrowth(listener: () => void): () => void;
}

export interface UploadOptions {
  /** tus creation endpoint. */
  readonly endpoint: string;
  /** Sent as `Authorization: Bearer`. */
  readonly grant: string;
  /** Sent as tus metadata `track`. */
  readonly track: string;
  /** Where an earlier page was uploading to; null to begin. */
  readonly url: string | null;
  /** Keeps that address; null: the upload there is gone. */
  keepUrl(url: string | null): void;
  /** How many bytes the server has; may fall to 0 when it has lost them. */
  onAcknowledged(bytes: number): void;
  /** Whether the server has finalised the track meanwhile: then it has let go of the upload, and needs nothing more. */
  isFinalised(): Promise<boolean>;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Stops the upload; what the server has stays there. */
  readonly signal: AbortSignal;
}

/** Bytes sent in one request at most: small enough to pass a slow line before it is given up. */
const MOST_BYTES = 512 * 1024;
/** A request is given up after this long, plus the time its bytes take on a slow line: a black hole answers nothing. */
const PATIENCE_MS = 15_000;
const SLOWEST_BYTES_PER_MS = 8;
/**
 * How often an answer that may pass is met with patience once nothing more is recorded: a 404 of a proxy while web restarts,
 * a 400 to a length declared twice. While it is being recorded such an answer ends nothing.
 */
const PATIENCE_WITH_DOUBT = 8;

type Outcome =
  | { readonly type: 'done' }
  /** The server knows of no such upload (any more): make a new one. */
  | { readonly type: 'gone' }
  | { readonly type: 'again'; readonly error: Error; readonly doubtful: boolean }
  | { readonly type: 'over'; readonly error: RtcError };

/**
 * Uploads a growing file by tus 1.0.0 (creation, creation-defer-length) while it grows, through dropped lines and
 * restarted servers, for as long as it takes. Resolves when the server has acknowledged every byte of the finished file.
 * @throws RtcError `upload-refused` when the server says no for good, `spool-failed` when the file cannot be read any
 * more; the signal's reason when aborted.
 */
export async function uploadGrowing(source: GrowingSource, options: UploadOptions): Promise<void> {
  const { signal, logger, platform } = options;
  const backoff = createBackoff(platform);
  let url = options.url;
  let acknowledged = 0;
  let doubts = 0;
  const progress = (bytes: number): void => {
    if (bytes > acknowledged) {
      backoff.reset();
      doubts = 0;
    }
    acknowledged = bytes;
    options.onAcknowledged(bytes);
  };
  const remember = (next: string | null): void => {
    if (next === url) return;
    url = next;
    options.keepUrl(next);
  };

  for (;;) {
    signal.throwIfAborted();
    const outcome = await attempt(source, options, url, { progress, remember });
    signal.throwIfAborted();
    switch (outcome.type) {
      case 'done':
        return;
      case 'over':
        throw outcome.error;
      case 'gone':
        if (await options.isFinalised()) return;
        logger.warn('upload gone from the server, beginning again');
        remember(null);
        progress(0);
        break;
      case 'again':
        if (outcome.doubtful && source.extent().final && ++doubts > PATIENCE_WITH_DOUBT)
          throw new RtcError('upload-refused', { cause: outcome.error });
        logger.warn('upload interrupted', { acknowledged, reason: outcome.error.message });
        break;
    }
    await backoff.wait(signal);
  }
}

/**
 * One attempt, from HEAD or POST to the first failure. Every attempt is a tus Upload of its own with either an address or
 * a creation endpoint, never both, and no retries inside: given both, tus-js-client answers a HEAD that met a 502 by
 * creating a new upload from byte 0.
 */
function attempt(
  source: GrowingSource,
  { endpoint, grant, track, signal }: UploadOptions,
  url: string | null,
  { progress, remember }: { progress: (bytes: number) => void; remember: (url: string) => void },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const finish = (outcome: Outcome): void => {
      ended.abort(new Error('The attempt is over.'));
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    const stop = (): void => {
      void upload.abort();
      finish({ type: 'again', error: new Error('aborted'), doubtful: false });
    };
    const upload = new Upload(new Blob(), {
      endpoint: url ? null : endpoint,
      uploadUrl: url,
      metadata: { track },
      headers: { authorization: `Bearer ${grant}` },
      retryDelays: null,
      // The length becomes known with the last PATCH; on resume tus-js-client would otherwise demand it of the server.
      uploadLengthDeferred: true,
      // The address is kept with the spool: localStorage loses it in a crash.
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(track),
      chunkSize: MOST_BYTES,
      httpStack: fetchStack(progress),
      fileReader: { openFile: () => Promise.resolve(waitingReader(source, ended.signal)) },
      onUploadUrlAvailable: () => upload.url && remember(upload.url),
      onChunkComplete: (_size, bytes) => progress(bytes),
      onSuccess: () => finish({ type: 'done' }),
      onError: (error) => finish(outcomeOf(error, url !== null || upload.url !== null)),
    });
    signal.addEventListener('abort', stop);
    upload.start();
  });
}

function outcomeOf(error: Error, created: boolean): Outcome {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) {
    const cause = error instanceof DetailedError ? error.causingError : error;
    return cause instanceof RtcError ? { type: 'over', error: cause } : { type: 'again', error, doubtful: false };
  }
  const status = response.getStatus();
  const refused = verdictOf(status) === 'refused';
  // Only the tus server itself can say no, or that an upload is gone or takes no more.
  if (refused && !response.getHeader('Tus-Resumable')) return { type: 'again', error, doubtful: true };
  if (status === 410 || (status === 404 && created)) return { type: 'gone' };
  // The PATCH before this attempt may have declared the length after we asked: its connection broke, its bytes arrived.
  // Asking again tells; a server that really refuses is believed after a while.
  if (status === 400 && declaresLength(error)) return { type: 'again', error, doubtful: true };
  return refused
    ? { type: 'over', error: new RtcError('upload-refused', { cause: error, detail: `HTTP ${status}` }) }
    : { type: 'again', error, doubtful: false };
}

const declaresLength = (error: Error): boolean =>
  error instanceof DetailedError &&
  error.originalRequest?.getMethod() === 'PATCH' &&
  error.originalRequest.getHeader('upload-length') !== undefined;

/** tus-js-client's view of a growing source: a slice waits until there is something to send, or nothing will come. */
function waitingReader(source: GrowingSource, signal: AbortSignal) {
  return {
    size: Number.NaN, // never asked for: the length is deferred
    async slice(start: number, end: number) {
      await grown(source, start, signal);
      const { bytes, final } = source.extent();
      // A power cut may take from the disk what the server has already: there is nothing to add to it.
      if (start > bytes) return { value: new Blob(), done: true };
      const until = Math.min(end, bytes);
      const value = await source.read(start, until).catch((cause: unknown) => {
        throw new RtcError('spool-failed', { cause });
      });
      return { value, done: final && until === bytes };
    },
    close() {},
  };
}

function grown(source: GrowingSource, beyond: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const isReady = (): boolean => source.extent().final || source.extent().bytes > beyond;
    if (isReady()) return resolve();
    const free = (): void => {
      stopListening();
      signal.removeEventListener('abort', aborted);
    };
    const aborted = (): void => (free(), reject(signal.reason as Error));
    const stopListening = source.onGrowth(() => {
      if (!isReady()) return;
      free();
      resolve();
    });
    signal.addEventListener('abort', aborted);
  });
}

/**
 * Requests by fetch: the same in every browser and in Node, given up after a while. `progress` hears where the server
 * stands when an upload is resumed.
 */
function fetchStack(progress: (bytes: number) => void): HttpStack {
  /** The server knows the length already: a last PATCH arrived, its answer did not. Saying it again is refused (400). */
  let lengthDeclared = false;
  return {
    getName: () => 'fetch',
    createRequest(method, url): HttpRequest {
      const headers = new Map<string, string>();
      const controller = new AbortController();
      return {
        getMethod: () => method,
        getURL: () => url,
        setHeader: (name, value) => void headers.set(name.toLowerCase(), value),
        getHeader: (name) => headers.get(name.toLowerCase()),
        setProgressHandler() {},
        abort: () => Promise.resolve(controller.abort()),
        getUnderlyingObject: () => null,
        async send(body: Blob | null) {
          if (lengthDeclared) headers.delete('upload-length');
          const patience = PATIENCE_MS + (body?.size ?? 0) / SLOWEST_BYTES_PER_MS;
          const giveUp = (): void => controller.abort(new Error('No answer in time, or not on this network.'));
          const timer = setTimeout(giveUp, patience);
          // The network is another one now: what was under way on the old one is not answered any more.
          globalThis.addEventListener?.('online', giveUp);
          try {
            const response = await fetch(url, {
              method,
              headers: Object.fromEntries(headers),
              body: body ?? null,
              signal: controller.signal,
            });
            const text = await response.text();
            const resumedAt = Number(response.headers.get('Upload-Offset') ?? Number.NaN);
            if (method === 'HEAD' && response.ok) {
              lengthDeclared = response.headers.has('Upload-Length');
              if (Number.isSafeInteger(resumedAt)) progress(resumedAt);
            }
            return responseOf(response, text);
          } finally {
            clearTimeout(timer);
            globalThis.removeEventListener?.('online', giveUp);
          }
        },
      };
    },
  };
}

function responseOf(response: Response, text: string): HttpResponse {
  return {
    getStatus: () => response.status,
    getHeader: (name) => response.headers.get(name) ?? undefined,
    getBody: () => text,
    getUnderlyingObject: () => response,
  };
}
