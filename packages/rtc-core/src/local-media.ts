import type { Source } from '@parley/protocol/room-state';
import { captureDevices, type CaptureRequest, type DeviceSource, permissionFor } from './device-capture';
import { RtcError } from './errors';
import { type Logger, silentLogger } from './logger';
import { type MicrophoneNotice, watchMicrophone } from './microphone-watch';
import { browserPlatform, type Platform } from './platform';
import { reconcile } from './reconcile';
import { canCaptureScreen } from './screen-capture';
import { createScreenShare } from './screen-share';
import { createStore, type Readable } from './store';

/** One captured source, as this browser has it. */
export type Capture =
  | { readonly status: 'off' } // released: the camera's light is off
  | { readonly status: 'starting' }
  /** `trouble`: why another device that was chosen did not take its place. */
  | { readonly status: 'on'; readonly track: MediaStreamTrack; readonly muted: boolean; readonly trouble?: RtcError }
  | { readonly status: 'failed'; readonly error: RtcError };

export interface LocalMediaState {
  readonly captures: Readonly<Record<Source, Capture>>;
  /** What the person wants, whether or not a device gives it. */
  readonly wanted: { readonly microphone: boolean; readonly camera: boolean };
  readonly devices: {
    readonly cameras: readonly MediaDeviceInfo[];
    readonly microphones: readonly MediaDeviceInfo[];
    readonly speakers: readonly MediaDeviceInfo[];
  };
  /** Device ids chosen; undefined is the browser's default. */
  readonly chosen: { readonly camera?: string; readonly microphone?: string; readonly speaker?: string };
  readonly facing: 'user' | 'environment';
}

/** Camera, microphone and screen of this browser. Made at the door, used in the call, closed by whoever made it. */
export interface LocalMedia {
  readonly state: Readable<LocalMediaState>;
  /** Off: microphone's track is disabled at once; camera's track is stopped and its light goes off. On: captures again. Failures land in the state. */
  setWanted(wanted: { microphone?: boolean; camera?: boolean }): void;
  choose(kind: 'camera' | 'microphone' | 'speaker', deviceId: string): void;
  /** Phones: the other camera. */
  flipCamera(): void;
  /** Must be called inside a click. `soundOnly`: audio of the screen or tab without its picture. Throws RtcError `screen-share-cancelled` or `screen-share-unsupported`. */
  shareScreen(options?: { soundOnly?: boolean }): Promise<void>;
  stopSharing(): void;
  readonly canShareScreen: boolean;
  /** Lets camera, microphone and screen go while they serve nobody. What is wanted stays; `setWanted` with it captures again. */
  release(): void;
  /** Own microphone, 0..1, about ten times a second. */
  onLevel(listener: (level: number) => void): () => void;
  /** 5 s of digital silence while unmuted; speech while muted. */
  onNotice(listener: (notice: MicrophoneNotice) => void): () => void;
  /** Releases every device. Idempotent. */
  close(): void;
}

export interface LocalMediaOptions {
  readonly platform?: Platform;
  readonly logger?: Logger;
  /** What this browser's owner used last. What is wanted is captured at once; default: nothing. */
  readonly remembered?: Partial<Pick<LocalMediaState, 'wanted' | 'chosen' | 'facing'>>;
  /** Size and rate asked of the camera. Default: 720p at 30 frames per second. */
  readonly video?: MediaTrackConstraints;
}

const DEFAULT_VIDEO: MediaTrackConstraints = {
  width: { ideal: 1_280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

const DEVICE_SOURCES = ['microphone', 'camera'] as const;
const OFF: Capture = { status: 'off' };
const KINDS: Readonly<Record<DeviceSource, MediaDeviceKind>> = { camera: 'videoinput', microphone: 'audioinput' };
const HINTS: Readonly<Record<DeviceSource, string>> = { camera: 'motion', microphone: 'speech' };

type Desired = Readonly<Partial<Record<DeviceSource, CaptureRequest>>>;

/** Opens this browser's camera, microphone and screen for use; captures nothing until it is wanted. */
export function openLocalMedia({
  platform = browserPlatform,
  logger = silentLogger,
  remembered = {},
  video = DEFAULT_VIDEO,
}: LocalMediaOptions = {}): LocalMedia {
  const state = createStore<LocalMediaState>({
    captures: { microphone: OFF, camera: OFF, screen: OFF, 'screen-audio': OFF },
    wanted: { microphone: false, camera: false },
    devices: { cameras: [], microphones: [], speakers: [] },
    chosen: remembered.chosen ?? {},
    facing: remembered.facing ?? 'user',
  });
  const held: Partial<Record<DeviceSource, { readonly request: CaptureRequest; readonly track: MediaStreamTrack }>> =
    {};
  const failed: Partial<Record<DeviceSource, CaptureRequest>> = {};
  /** What `source` had before all that was chosen since and has not come: asked for again when the last of it does not come either. */
  const before: Partial<Record<DeviceSource, CaptureRequest>> = {};
  /** Why `source` goes back to the device before, until that is there again. */
  const troubles: Partial<Record<DeviceSource, RtcError>> = {};
  const stops: (() => void)[] = [];
  let desired: Desired = {};
  let closed = false;

  const muted = (): boolean => !state.get().wanted.microphone;
  const microphoneWatch = watchMicrophone({ platform, logger, muted });
  const sharing = createScreenShare({
    platform,
    logger,
    onTrack: (source, track) => setCapture(source, track ? { status: 'on', track, muted: false } : OFF),
  });
  const capturing = reconcile<Desired>({
    apply: bringIn,
    onFailure: (error) => logger.error('capture failed', { error: String(error) }),
  });

  function setCapture(source: Source, capture: Capture): void {
    const before = state.get().captures[source];
    if (before.status === capture.status && (capture.status === 'off' || capture.status === 'starting')) return;
    if (capture.status === 'failed') logger.warn('capture failed', { source, code: capture.error.code });
    else if (before.status !== capture.status) logger.info(`capture ${capture.status}`, { source });
    state.update((s) => ({ ...s, captures: { ...s.captures, [source]: capture } }));
  }

  /** Asks for `source` anew: what is chosen now, or the browser's default while that is away. */
  function request(source: DeviceSource, { byDefault = false } = {}): void {
    delete troubles[source];
    const { chosen, facing } = state.get();
    const deviceId = byDefault ? undefined : chosen[source];
    desired = { ...desired, [source]: { facing, ...(deviceId !== undefined && { deviceId }) } };
    capturing.want(desired);
  }

  function release(source: DeviceSource): void {
    const { [source]: _released, ...rest } = desired;
    desired = rest;
    delete before[source];
    letGo(source);
    setCapture(source, OFF);
    capturing.want(desired);
  }

  function letGo(source: DeviceSource): void {
    const current = held[source];
    if (!current) return;
    delete held[source];
    current.track.onended = null;
    current.track.stop();
    if (source === 'microphone') microphoneWatch.follow(null);
  }

  /** Opens what is desired and not open. What is desired no more was let go at once, in `release`. */
  async function bringIn(target: Desired): Promise<void> {
    const requests: Partial<Record<DeviceSource, CaptureRequest>> = {};
    for (const source of DEVICE_SOURCES) {
      const wanted = target[source];
      if (!wanted || wanted === held[source]?.request || wanted === failed[source]) continue;
      requests[source] = wanted;
      if (held[source]) before[source] = held[source].request;
      // Phones cannot open a second camera beside the first. A microphone goes on until the next one is there.
      if (source === 'camera') letGo(source);
      if (!held[source]) setCapture(source, { status: 'starting' });
    }
    if (Object.keys(requests).length === 0) return;
    const outcomes = await captureDevices(requests, { platform, logger, video });
    for (const source of DEVICE_SOURCES) {
      const [outcome, asked] = [outcomes[source], requests[source]];
      if (!outcome || !asked) continue;
      if (closed || desired[source] !== asked) {
        if (outcome.ok) outcome.track.stop();
        continue;
      }
      if (outcome.ok) {
        letGo(source);
        take(source, asked, outcome.track);
        continue;
      }
      failed[source] = asked;
      const last = before[source];
      delete before[source];
      if (last && last !== asked) goBack(source, last, outcome.error);
      else setCapture(source, { status: 'failed', error: outcome.error });
    }
    await listDevices();
  }

  /** Another device was chosen and does not come: a microphone goes on, a camera was let go and is asked for again. */
  function goBack(source: DeviceSource, last: CaptureRequest, trouble: RtcError): void {
    logger.warn('device not switched', { source, code: trouble.code });
    state.update((s) => ({
      ...s,
      facing: source === 'camera' ? last.facing : s.facing,
      chosen: { ...without(s.chosen, source), ...(last.deviceId !== undefined && { [source]: last.deviceId }) },
    }));
    const current = held[source];
    if (current) {
      desired = { ...desired, [source]: current.request };
      setOn(source, current.track, trouble);
    } else {
      troubles[source] = trouble;
      before[source] = { ...last };
      desired = { ...desired, [source]: before[source] };
      capturing.want(desired);
    }
  }

  function setOn(source: DeviceSource, track: MediaStreamTrack, trouble?: RtcError): void {
    const isMuted = source === 'microphone' && muted();
    setCapture(source, { status: 'on', track, muted: isMuted, ...(trouble && { trouble }) });
  }

  function take(source: DeviceSource, asked: CaptureRequest, track: MediaStreamTrack): void {
    held[source] = { request: asked, track };
    delete before[source];
    track.contentHint = HINTS[source];
    track.onended = () => void onEnded(source, track);
    if (source === 'microphone') {
      track.enabled = !muted();
      microphoneWatch.follow(track);
    }
    setOn(source, track, troubles[source]);
    delete troubles[source];
  }

  /** The browser ended the track: the device is gone, or the permission. */
  async function onEnded(source: DeviceSource, track: MediaStreamTrack): Promise<void> {
    const current = held[source];
    if (current?.track !== track) return;
    letGo(source);
    failed[source] = current.request;
    setCapture(source, { status: 'failed', error: new RtcError('device-unplugged', { detail: track.label }) });
    const permission = await permissionFor(source, platform);
    const found = await listDevices();
    if (closed || desired[source] !== current.request) return;
    if (permission?.state === 'denied') {
      setCapture(source, { status: 'failed', error: new RtcError('permission-denied', { detail: 'taken back' }) });
      return;
    }
    // It stays chosen: plugged in again, or at the next visit, it is used again.
    if (found.has(KINDS[source])) request(source, { byDefault: true });
  }

  /** Brings the lists up to date. Gives the kinds there are, known by name or not. */
  async function listDevices(): Promise<ReadonlySet<MediaDeviceKind>> {
    const all = (await platform.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    if (!closed) {
      // Before the first permission browsers name no device, so there is nothing to choose from.
      const named = (kind: MediaDeviceKind) => all.filter((d) => d.kind === kind && d.deviceId !== '');
      const devices = {
        cameras: named('videoinput'),
        microphones: named('audioinput'),
        speakers: named('audiooutput'),
      };
      state.update((s) => ({ ...s, devices }));
    }
    return new Set(all.map(({ kind }) => kind));
  }

  /** Tries what failed once more, when one of `codes` was why. */
  function retry(source: DeviceSource, codes: readonly string[]): void {
    const capture = state.get().captures[source];
    if (!closed && desired[source] && capture.status === 'failed' && codes.includes(capture.error.code))
      request(source);
  }

  async function onDeviceChange(): Promise<void> {
    const found = await listDevices();
    const { chosen, devices } = state.get();
    const isThere = (id?: string): boolean =>
      [...devices.microphones, ...devices.cameras].some(({ deviceId }) => deviceId === id);
    for (const source of DEVICE_SOURCES)
      if (held[source] && held[source].request.deviceId !== chosen[source] && isThere(chosen[source])) request(source);
      else if (found.has(KINDS[source])) retry(source, ['device-not-found', 'device-unplugged', 'device-busy']);
  }

  async function watchPermission(source: DeviceSource): Promise<void> {
    const status = await permissionFor(source, platform);
    if (!status || closed) return;
    const onChange = (): void => {
      if (status.state !== 'denied') retry(source, ['permission-denied']);
    };
    status.addEventListener('change', onChange);
    stops.push(() => status.removeEventListener('change', onChange));
  }

  function setMuted(): void {
    const track = held.microphone?.track;
    if (!track || track.enabled === !muted()) return;
    track.enabled = !muted();
    setOn('microphone', track);
  }

  const media: LocalMedia = {
    state,
    canShareScreen: canCaptureScreen(platform),
    onLevel: (listener) => microphoneWatch.onLevel(listener),
    onNotice: (listener) => microphoneWatch.onNotice(listener),

    setWanted(change) {
      if (closed) return;
      const wanted = { ...state.get().wanted, ...change };
      state.update((s) => ({ ...s, wanted }));
      for (const source of DEVICE_SOURCES) {
        const isFailed = state.get().captures[source].status === 'failed';
        if (wanted[source] && (!desired[source] || (isFailed && change[source]))) request(source);
        // A muted microphone is kept, so that unmuting takes no time. A camera's light must go off.
        if (!wanted[source] && desired[source] && (source === 'camera' || isFailed)) release(source);
      }
      setMuted();
    },

    choose(kind, deviceId) {
      if (closed) return;
      state.update((s) => ({ ...s, chosen: { ...s.chosen, [kind]: deviceId } }));
      if (kind !== 'speaker' && desired[kind]) request(kind);
    },

    flipCamera() {
      if (closed) return;
      state.update((s) => ({
        ...s,
        facing: s.facing === 'user' ? 'environment' : 'user',
        chosen: without(s.chosen, 'camera'),
      }));
      if (desired.camera) request('camera');
    },

    async shareScreen({ soundOnly = false } = {}) {
      if (closed) throw new RtcError('screen-share-cancelled', { detail: 'closed' });
      await sharing.start(soundOnly);
    },

    stopSharing: () => sharing.stop(),

    release() {
      for (const source of DEVICE_SOURCES) release(source);
      sharing.stop();
    },

    close() {
      if (closed) return;
      media.release();
      closed = true;
      capturing.close();
      microphoneWatch.close();
      for (const stop of stops.splice(0)) stop();
    },
  };

  const deviceChange = (): void => void onDeviceChange();
  platform.mediaDevices?.addEventListener('devicechange', deviceChange);
  stops.push(() => platform.mediaDevices?.removeEventListener('devicechange', deviceChange));
  for (const source of DEVICE_SOURCES) void watchPermission(source);
  void listDevices();
  media.setWanted(remembered.wanted ?? {});
  return media;
}

function without(chosen: LocalMediaState['chosen'], source: DeviceSource): LocalMediaState['chosen'] {
  const { [source]: _dropped, ...rest } = chosen;
  return rest;
}
