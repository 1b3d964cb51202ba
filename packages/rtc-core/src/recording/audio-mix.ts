import type { MediaKey } from '../room-view';

/** Everything that is heard in the call, as one track. */
export interface AudioMix {
  readonly track: MediaStreamTrack;
  /** Which tracks to mix from now on; call as often as you like. */
  hear(tracks: ReadonlyMap<MediaKey, MediaStreamTrack>): void;
  /** The browser has stopped the sound (a call on a phone, another application): it is asked to go on at every call. */
  isRunning(): boolean;
  /** How much sound has been mixed so far, ms: it goes on while the page is too busy to hear of it. */
  mixedMs(): number;
  resume(): void;
  /** Idempotent. */
  close(): void;
}

/** @param isRemote whether a track came from another participant. */
export function createAudioMix(isRemote: (key: MediaKey) => boolean): AudioMix {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error('The browser gives no mixed sound.');
  // Silence from the first moment on: without any input the recording would have no sound to keep time with.
  const silence = context.createConstantSource();
  silence.offset.value = 0;
  silence.connect(destination);
  silence.start();

  const inputs = new Map<MediaKey, { track: MediaStreamTrack; close(): void }>();
  let closed = false;
  const resume = (): void => {
    if (!closed && context.state !== 'running') context.resume().catch(() => {});
  };
  context.addEventListener('statechange', resume);
  resume();

  return {
    track,
    isRunning: () => context.state === 'running',
    mixedMs: () => context.currentTime * 1_000,
    resume,
    hear(tracks) {
      if (closed) return;
      for (const [key, input] of inputs) {
        if (tracks.get(key) === input.track) continue;
        input.close();
        inputs.delete(key);
      }
      for (const [key, source] of tracks)
        if (!inputs.has(key)) inputs.set(key, connect(context, destination, source, isRemote(key)));
    },
    close() {
      if (closed) return;
      closed = true;
      for (const input of inputs.values()) input.close();
      inputs.clear();
      track.stop();
      context.close().catch(() => {});
    },
  };
}

function connect(context: AudioContext, to: AudioNode, track: MediaStreamTrack, remote: boolean) {
  const stream = new MediaStream([track]);
  const node = context.createMediaStreamSource(stream);
  node.connect(to);
  const player = remote ? playMuted(stream) : null;
  return {
    track,
    close() {
      node.disconnect();
      if (player) player.srcObject = null;
    },
  };
}

/** Chromium gives Web Audio the sound of a remote track only while a media element plays it as well. */
function playMuted(stream: MediaStream): HTMLAudioElement {
  const player = new Audio();
  player.muted = true;
  player.srcObject = stream;
  player.play().catch(() => {});
  return player;
}
