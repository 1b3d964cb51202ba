import type { ParticipantId } from '@parley/protocol/room-state';
import { type AudioMeter, type AudioProbe, levelOf } from './audio-level';
import type { Logger } from './logger';
import type { Platform } from './platform';

const TICK_MS = 100;

type Listener = (level: number) => void;

/** Speech levels of the others, 0..1, about ten times a second, measured only while someone listens. */
export interface Levels {
  on(participant: ParticipantId, listener: Listener): () => void;
  close(): void;
}

/**
 * Measures with Web Audio, one analyser for each participant someone listens to. In Chromium a remote stream gives samples
 * only while it also plays in an audio element: playback sees to that.
 */
export function createLevels(options: {
  /** The track to listen to now; undefined while there is none. */
  track(participant: ParticipantId): MediaStreamTrack | undefined;
  /** Whether they are muted: silence is told without measuring. */
  muted(participant: ParticipantId): boolean;
  openMeter(): AudioMeter;
  platform: Platform;
  logger: Logger;
}): Levels {
  const { platform, logger } = options;
  const listeners = new Map<ParticipantId, Set<Listener>>();
  const probes = new Map<ParticipantId, { track: MediaStreamTrack; probe: AudioProbe | null }>();
  let meter: AudioMeter | null = null;
  let timer: unknown = null;

  const open = (track: MediaStreamTrack): AudioProbe | null => {
    try {
      meter ??= options.openMeter();
      return meter.probe(track);
    } catch (error) {
      logger.warn('Level not measured', { error });
      return null;
    }
  };

  const drop = (participant: ParticipantId): void => {
    probes.get(participant)?.probe?.close();
    probes.delete(participant);
  };

  const read = (participant: ParticipantId): number => {
    const track = options.track(participant);
    if (probes.get(participant)?.track !== track) drop(participant);
    if (!track || options.muted(participant)) return 0;
    const { probe } = probes.get(participant) ?? { probe: open(track) };
    probes.set(participant, { track, probe });
    return levelOf(probe?.read()?.rms ?? 0);
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
      meter?.close();
      meter = null;
    },
  };
}
