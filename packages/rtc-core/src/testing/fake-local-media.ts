import { SOURCES, type Source } from '@parley/protocol/room-state';
import type { Capture, LocalMedia, LocalMediaState } from '../local-media';
import { createStore } from '../store';

/** Local media without devices: a test says what is captured. */
export interface FakeLocalMedia extends LocalMedia {
  capture(source: Source, capture: Capture): void;
}

/** A track as far as Node can have one. Two calls never give the same. */
export function fakeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  return { kind, enabled: true, muted: false, readyState: 'live' } as MediaStreamTrack;
}

const device = (kind: MediaDeviceKind): MediaDeviceInfo =>
  ({ deviceId: kind, groupId: '', kind, label: kind }) as MediaDeviceInfo;

/** `has`: which devices there are. What is `on` is captured from the beginning. */
export function createFakeLocalMedia({
  has = ['microphone', 'camera'],
  on = has,
}: { has?: readonly Source[]; on?: readonly Source[] } = {}): FakeLocalMedia {
  const captureOf = (source: Source, muted: boolean): Capture => ({
    status: 'on',
    track: fakeTrack(source === 'microphone' || source === 'screen-audio' ? 'audio' : 'video'),
    muted,
  });
  const state = createStore<LocalMediaState>({
    captures: Object.fromEntries(
      SOURCES.map((source) => [source, on.includes(source) ? captureOf(source, false) : { status: 'off' }]),
    ) as Record<Source, Capture>,
    wanted: { microphone: on.includes('microphone'), camera: on.includes('camera') },
    devices: {
      cameras: has.includes('camera') ? [device('videoinput')] : [],
      microphones: has.includes('microphone') ? [device('audioinput')] : [],
      speakers: [],
    },
    chosen: {},
    facing: 'user',
  });
  const capture = (source: Source, next: Capture): void =>
    state.update((now) => ({ ...now, captures: { ...now.captures, [source]: next } }));
  const { microphone } = state.get().captures;

  return {
    state,
    capture,
    canShareScreen: true,
    setWanted(wanted) {
      state.update((now) => ({ ...now, wanted: { ...now.wanted, ...wanted } }));
      // As the real one: a microphone keeps its track, disabled; a camera is let go.
      if (wanted.microphone !== undefined && microphone.status === 'on')
        capture('microphone', { ...microphone, muted: !wanted.microphone });
      if (wanted.camera !== undefined)
        capture('camera', wanted.camera ? captureOf('camera', false) : { status: 'off' });
    },
    choose(kind, deviceId) {
      state.update((now) => ({ ...now, chosen: { ...now.chosen, [kind]: deviceId } }));
    },
    flipCamera() {},
    shareScreen() {
      capture('screen', captureOf('screen', false));
      return Promise.resolve();
    },
    stopSharing() {
      capture('screen', { status: 'off' });
      capture('screen-audio', { status: 'off' });
    },
    onLevel: () => () => {},
    onNotice: () => () => {},
    release() {},
    close() {},
  };
}
