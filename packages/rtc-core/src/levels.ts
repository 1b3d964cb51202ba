import type { ParticipantId } from '@parley/protocol/room-state';
import type { Platform } from './platform';

const TICK_MS = 100;

type Listener = (level: number) => void;

/** How loud a track is now, 0..1. */
export interface LevelProbe {
  read(): number;
  close(): void;
}

/** Speech levels of the others, about ten times a second, measured only while someone listens. */
export interface Levels {
  on(participant: ParticipantId, listener: Listener): () => void;
  close(): void;
}

export function createLevels(options: {
  /** The track to listen to now; undefined while there is none. */
  track(participant: ParticipantId): MediaStreamTrack | undefined;
  /** Whether they are muted: silence is told without measuring. */
  muted(participant: ParticipantId): boolean;
  probe(track: MediaStreamTrack): LevelProbe;
  platform: Platform;
}): Levels {
  const { platform } = options;
  const listeners = new Map<ParticipantId, Set<Listener>>();
  const probes = new Map<ParticipantId, { track: MediaStreamTrack; probe: LevelProbe }>();
  let timer: unknown = null;

  const drop = (participant: ParticipantId): void => {
    probes.get(participant)?.probe.close();
    probes.delete(participant);
  };

  const read = (participant: ParticipantId): number => {
    const track = options.track(participant);
    let current = probes.get(participant);
    if (current && current.track !== track) {
      drop(participant);
      current = undefined;
    }
    if (!track || options.muted(participant)) return 0;
    if (!current) {
      current = { track, probe: options.probe(track) };
      probes.set(participant, current);
    }
    return current.probe.read();
  };

  const tick = (): void => {
    timer = listeners.size > 0 ? platform.setTimeout(tick, TICK_MS) : null;
    for (const [participant, set] of listeners) {
      const level = read(participant);
      for (const listener of [...set]) listener(level);
    }
  };

  return {
    on(participant, listener) {
      const set = listeners.get(participant) ?? new Set();
      listeners.set(participant, set.add(listener));
      timer ??= platform.setTimeout(tick, TICK_MS);
      return () => {
        set.delete(listener);
        if (set.size > 0 || listeners.get(participant) !== set) return;
        listeners.delete(participant);
        drop(participant);
      };
    },
    close() {
      listeners.clear();
      for (const participant of [...probes.keys()]) drop(participant);
      if (timer !== null) platform.clearTimeout(timer);
      timer = null;
    },
  };
}

/**
 * Measures with Web Audio. In Chromium a remote stream gives samples only while it also plays in an audio element: playback sees to it.
 */
export function analyserProbes(platform: Pick<Platform, 'createAudioContext' | 'createMediaStream'>): {
  probe(track: MediaStreamTrack): LevelProbe;
  close(): void;
} {
  let context: AudioContext | null = null;
  return {
    probe(track) {
      context ??= platform.createAudioContext();
      if (context.state === 'suspended') void context.resume().catch(() => {});
      const source = context.createMediaStreamSource(platform.createMediaStream([track]));
      const analyser = context.createAnalyser();
      analyser.fftSize = 1_024;
      source.connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      return {
        read() {
          analyser.getFloatTimeDomainData(samples);
          let sum = 0;
          for (const sample of samples) sum += sample * sample;
          return Math.min(1, Math.sqrt(sum / samples.length));
        },
        close: () => source.disconnect(),
      };
    },
    close() {
      void context?.close();
      context = null;
    },
  };
}
