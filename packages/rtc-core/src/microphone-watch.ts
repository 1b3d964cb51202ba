import { type AudioMeter, type AudioProbe, createAudioMeter, levelOf } from './audio-level';
import type { Logger } from './logger';
import type { Platform } from './platform';
import { createVoiceWatch } from './voice-watch';

const LOOK_MS = 100;

export type MicrophoneNotice = { type: 'silence'; device: string } | { type: 'speaking-while-muted' };

/** Listens to one's own microphone: how loud it is, and what its owner should know. */
export interface MicrophoneWatch {
  /** The track to listen to from now on; null: none. */
  follow(track: MediaStreamTrack | null): void;
  onLevel(listener: (level: number) => void): () => void;
  onNotice(listener: (notice: MicrophoneNotice) => void): () => void;
  close(): void;
}

export function watchMicrophone(options: {
  readonly platform: Platform;
  readonly logger: Logger;
  /** Whether its owner has muted it. */
  readonly muted: () => boolean;
}): MicrophoneWatch {
  const { platform, logger } = options;
  const levelListeners = new Set<(level: number) => void>();
  const noticeListeners = new Set<(notice: MicrophoneNotice) => void>();
  const voice = createVoiceWatch();
  let meter: AudioMeter | null = null;
  let followed: { clone: MediaStreamTrack; probe: AudioProbe; label: string } | null = null;
  let timer: unknown = null;

  function look(): void {
    timer = platform.setTimeout(look, LOOK_MS);
    const loudness = followed?.probe.read();
    if (!followed || !loudness) return;
    const muted = options.muted();
    const level = muted ? 0 : levelOf(loudness.rms);
    for (const listener of [...levelListeners]) listener(level);
    // At the door nobody is there to be told: what is noticed then must not count as told.
    if (noticeListeners.size === 0) return voice.reset();
    const noticed = voice.see(platform.now(), loudness, muted);
    if (!noticed) return;
    logger.info('microphone notice', { notice: noticed });
    const notice: MicrophoneNotice =
      noticed === 'silence' ? { type: 'silence', device: followed.label } : { type: 'speaking-while-muted' };
    for (const listener of [...noticeListeners]) listener(notice);
  }

  function stop(): void {
    platform.clearTimeout(timer);
    followed?.probe.close();
    followed?.clone.stop();
    followed = null;
    voice.reset();
  }

  return {
    follow(track) {
      stop();
      if (!track) {
        for (const listener of [...levelListeners]) listener(0);
        return;
      }
      // The sent track gives silence while muted; its clone goes on hearing, and never leaves this browser.
      const clone = track.clone();
      clone.enabled = true;
      try {
        meter ??= createAudioMeter(platform);
        followed = { clone, probe: meter.probe(clone), label: track.label };
        look();
      } catch (error) {
        clone.stop();
        logger.warn('microphone level not measured', { error: String(error) });
      }
    },
    onLevel(listener) {
      levelListeners.add(listener);
      return () => void levelListeners.delete(listener);
    },
    onNotice(listener) {
      noticeListeners.add(listener);
      return () => void noticeListeners.delete(listener);
    },
    close() {
      stop();
      meter?.close();
      meter = null;
      levelListeners.clear();
      noticeListeners.clear();
    },
  };
}
