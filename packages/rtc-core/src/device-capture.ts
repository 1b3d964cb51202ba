import type { Logger } from './logger';
import { RtcError, type RtcErrorCode } from './errors';
import type { Platform } from './platform';

export type DeviceSource = 'camera' | 'microphone';

/** What to open. A new object asks anew, even when it says the same. */
export interface CaptureRequest {
  /** The browser's default when absent. */
  readonly deviceId?: string;
  /** Cameras without a `deviceId`. */
  readonly facing: 'user' | 'environment';
}

type CaptureOutcome =
  { readonly ok: true; readonly track: MediaStreamTrack } | { readonly ok: false; readonly error: RtcError };

export type CaptureRequests = Partial<Readonly<Record<DeviceSource, CaptureRequest>>>;
export type CaptureOutcomes = Partial<Record<DeviceSource, CaptureOutcome>>;

/** Errors of getUserMedia (Media Capture and Streams, 10.2.3), by what a person can do about them. */
const CODES: Readonly<Record<string, RtcErrorCode>> = {
  NotAllowedError: 'permission-denied',
  SecurityError: 'permission-denied',
  NotFoundError: 'device-not-found',
  OverconstrainedError: 'device-not-found',
  NotReadableError: 'device-busy',
  AbortError: 'device-busy',
};

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : '');

export function captureError(error: unknown): RtcError {
  if (error instanceof RtcError) return error;
  return new RtcError(CODES[nameOf(error)] ?? 'capture-failed', { cause: error, detail: String(error) });
}

function constraintsFor(
  source: DeviceSource,
  { deviceId, facing }: CaptureRequest,
  video: MediaTrackConstraints,
): MediaTrackConstraints {
  const device: MediaTrackConstraints = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  if (source === 'microphone')
    return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...device };
  return { ...video, ...(deviceId === undefined ? { facingMode: facing } : device) };
}

/** What a browser knows of a permission: null where it will not say. */
export async function permissionFor(source: DeviceSource, platform: Platform): Promise<PermissionStatus | null> {
  try {
    return (await platform.permissions?.query({ name: source })) ?? null;
  } catch {
    // A browser that does not know this permission's name throws a TypeError.
    return null;
  }
}

export interface DeviceCaptureOptions {
  readonly platform: Platform;
  readonly logger: Logger;
  /** Size and rate of the camera's picture. */
  readonly video: MediaTrackConstraints;
}

/** Opens microphone and camera: together where both are asked for (one prompt), each by itself where that fails. Never rejects. */
export async function captureDevices(
  requests: CaptureRequests,
  { platform, logger, video }: DeviceCaptureOptions,
): Promise<CaptureOutcomes> {
  const { mediaDevices } = platform;
  const sources = (['microphone', 'camera'] as const).filter((source) => requests[source]);

  async function open(only: CaptureRequests): Promise<CaptureOutcomes> {
    if (!mediaDevices) throw new RtcError('insecure-context');
    const stream = await mediaDevices.getUserMedia({
      ...(only.microphone && { audio: constraintsFor('microphone', only.microphone, video) }),
      ...(only.camera && { video: constraintsFor('camera', only.camera, video) }),
    });
    const [microphone] = stream.getAudioTracks();
    const [camera] = stream.getVideoTracks();
    return {
      ...(microphone && { microphone: { ok: true, track: microphone } }),
      ...(camera && { camera: { ok: true, track: camera } }),
    };
  }

  async function openAlone(source: DeviceSource, request: CaptureRequest): Promise<CaptureOutcome> {
    try {
      const outcome = (await open({ [source]: request }))[source];
      if (outcome) return outcome;
      throw new RtcError('capture-failed', { detail: 'the stream has no such track' });
    } catch (error) {
      const code = CODES[nameOf(error)];
      if (request.deviceId !== undefined && code === 'device-not-found') {
        logger.info('chosen device is away, taking the default', { source });
        return openAlone(source, { facing: request.facing });
      }
      return { ok: false, error: captureError(error) };
    }
  }

  if (sources.length === 2) {
    try {
      return await open(requests);
    } catch (error) {
      logger.info('camera and microphone not given together', { error: String(error) });
      if (nameOf(error) === 'NotAllowedError') {
        const states = await Promise.all(sources.map(async (s) => (await permissionFor(s, platform))?.state));
        // The prompt was turned down as a whole. Asking again, one by one, would be two more prompts.
        if (states.every((state) => state === 'prompt')) {
          const refused = { ok: false, error: captureError(error) } as const;
          return { microphone: refused, camera: refused };
        }
      }
    }
  }
  const outcomes: CaptureOutcomes = {};
  for (const source of sources) {
    const request = requests[source];
    if (request) outcomes[source] = await openAlone(source, request);
  }
  return outcomes;
}
