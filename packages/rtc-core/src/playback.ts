import { SOURCES } from '@parley/protocol/room-state';
import type { Logger } from './logger';
import { type MediaKey, mediaKey } from './room-view';

/** What playback needs of an <audio> element. */
export type AudioOutput = Pick<HTMLAudioElement, 'srcObject' | 'play' | 'pause'> & {
  setSinkId?(deviceId: string): Promise<void>;
};

/** Plays what the others say and the sound of their screens. Its elements belong to no page component: no render can lose sound. */
export interface Playback {
  /** Whom to hear: the arrived tracks. Declarative. */
  play(arrivals: ReadonlyMap<MediaKey, MediaStreamTrack>): void;
  /** Where to: a device id; undefined is the browser's default. */
  setSpeaker(deviceId: string | undefined): void;
  /** Inside a click: plays again what was refused. */
  resume(): void;
  close(): void;
}

interface Playing {
  readonly track: MediaStreamTrack;
  readonly output: AudioOutput;
  refused: boolean;
}

/** An <audio> element in the page, unseen. Some browsers play no stream in an element that is outside the document. */
export function audioElement(): AudioOutput & { remove(): void } {
  const element = document.createElement('audio');
  element.hidden = true;
  document.body.append(element);
  return element;
}

export function createPlayback(options: {
  open: () => AudioOutput & { remove?(): void };
  stream: (track: MediaStreamTrack) => MediaStream;
  logger: Logger;
  /** Told whenever it changes whether something is refused. */
  onRefused: (refused: boolean) => void;
}): Playback {
  const { logger, onRefused } = options;
  const playing = new Map<string, Playing & { output: { remove?(): void } }>();
  let speaker: string | undefined;
  let told = false;

  const tell = (): void => {
    const refused = [...playing.values()].some((p) => p.refused);
    if (refused === told) return;
    told = refused;
    if (refused) logger.info('Playback refused');
    onRefused(refused);
  };

  const start = async (key: string, entry: Playing): Promise<void> => {
    try {
      await entry.output.play();
      entry.refused = false;
    } catch (error) {
      // AbortError: another stream took its place before it began. Only NotAllowedError asks for a click (HTML, 4.8.11.8).
      if (error instanceof Error && error.name === 'NotAllowedError') entry.refused = true;
      else logger.debug('Playback not started', { key, error });
    }
    if (playing.get(key) === entry) tell();
  };

  const direct = async (entry: Playing): Promise<void> => {
    try {
      await entry.output.setSinkId?.(speaker ?? '');
    } catch (error) {
      // The speaker may be unplugged: the default one goes on playing.
      logger.warn('Speaker not used', { error });
    }
  };

  const stop = (key: string): void => {
    const entry = playing.get(key);
    playing.delete(key);
    if (!entry) return;
    entry.output.pause();
    entry.output.srcObject = null;
    entry.output.remove?.();
  };

  return {
    play(arrivals) {
      for (const key of [...playing.keys()]) {
        const track = arrivals.get(key as MediaKey);
        if (track !== playing.get(key)?.track) stop(key);
      }
      for (const [key, track] of arrivals) {
        if (track.kind !== 'audio' || playing.has(key)) continue;
        const output = options.open();
        output.srcObject = options.stream(track);
        const entry = { track, output, refused: false };
        playing.set(key, entry);
        if (speaker !== undefined) void direct(entry);
        void start(key, entry);
      }
      tell();
    },
    setSpeaker(deviceId) {
      if (speaker === deviceId) return;
      speaker = deviceId;
      for (const entry of playing.values()) void direct(entry);
    },
    resume() {
      for (const [key, entry] of playing) if (entry.refused) void start(key, entry);
    },
    close() {
      for (const key of [...playing.keys()]) stop(key);
    },
  };
}

/** The arrivals of these participants only. */
export function arrivalsOf(
  arrivals: ReadonlyMap<MediaKey, MediaStreamTrack>,
  participants: Iterable<string>,
): ReadonlyMap<MediaKey, MediaStreamTrack> {
  const kept = new Map<MediaKey, MediaStreamTrack>();
  for (const participant of participants)
    for (const source of SOURCES) {
      const key = mediaKey(participant, source);
      const track = arrivals.get(key);
      if (track) kept.set(key, track);
    }
  return kept;
}
