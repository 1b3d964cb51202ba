/** Every way rtc-core can fail. Closed: web's messages hold a sentence for each code in each language. */
export const RTC_ERROR_CODES = [
  // capture
  'insecure-context', // http:// on another host than localhost: no navigator.mediaDevices
  'permission-denied',
  'device-not-found',
  'device-busy',
  'device-unplugged',
  'capture-failed',
  'screen-share-unsupported',
  'screen-share-cancelled',
  'screen-share-blocked', // by the operating system, not by the person
  'screen-share-silent', // only sound was wanted, and what was chosen has none
  'screen-share-failed',
  // transport
  'negotiation-failed',
  'link-failed',
  'turn-rejected', // the relay refused our credentials (icecandidateerror 401)
  // signaling
  'signal-unreachable',
  'ticket-unavailable', // web could not be asked for a ticket
  // recording
  'recording-unsupported',
  'spool-unavailable', // no OPFS: the recording cannot be kept safe here
  'spool-failed', // the browser's storage, or the worker that writes to it, gave out
  'spool-taken', // another tab works on this recording, or has finished it
  'web-unreachable', // a part of the program could not be loaded: try again
  'storage-full',
  'size-limit', // the recording is as large as the server takes
  'encoder-failed',
  'upload-refused',
] as const;

export type RtcErrorCode = (typeof RTC_ERROR_CODES)[number];

/** The one error rtc-core throws or shows. Its text is for logs; people read the sentence of its code. */
export class RtcError extends Error {
  override readonly name = 'RtcError';
  constructor(
    readonly code: RtcErrorCode,
    options?: { cause?: unknown; detail?: string },
  ) {
    super(
      options?.detail ? `${code}: ${options.detail}` : code,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
  }
}
