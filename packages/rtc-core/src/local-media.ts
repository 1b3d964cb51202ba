import type { Source } from '@parley/protocol/room-state';
import type { RtcError } from './errors';
import type { Readable } from './store';

/** One captured source, as this browser has it. */
export type Capture =
  | { readonly status: 'off' } // released: the camera's light is off
  | { readonly status: 'starting' }
  | { readonly status: 'on'; readonly track: MediaStreamTrack; readonly muted: boolean }
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
  /** Own microphone, 0..1, about ten times a second. */
  onLevel(listener: (level: number) => void): () => void;
  onNotice(
    listener: (notice: { type: 'silence'; device: string } | { type: 'speaking-while-muted' }) => void,
  ): () => void;
  close(): void;
}
