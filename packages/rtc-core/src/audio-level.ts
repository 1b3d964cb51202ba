import type { Platform } from './platform';

/** One look at a track's sound: linear amplitudes, 0..1. */
export interface Loudness {
  readonly rms: number;
  readonly peak: number;
}

export interface AudioProbe {
  /** Null while nothing can be measured: the browser wants a click first. */
  read(): Loudness | null;
  close(): void;
}

/** Measures tracks with Web Audio's AnalyserNode: no worklet to load, nothing on the audio thread to wait for. */
export interface AudioMeter {
  probe(track: MediaStreamTrack): AudioProbe;
  /** Frees the audio context. Idempotent. */
  close(): void;
}

/** About 21 ms at 48 kHz. */
const WINDOW = 1_024;
const QUIETEST_DB = -60;
const LOUDEST_DB = -12;

/** How loud it seems, 0..1: ears hear ratios, so the scale is in decibels, from a silent room to a raised voice. */
export function levelOf(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

/** @throws where the browser has no Web Audio. */
export function createAudioMeter(platform: Platform): AudioMeter {
  const context = platform.createAudioContext();
  let closed = false;
  return {
    probe(track) {
      const source = context.createMediaStreamSource(platform.createMediaStream([track]));
      const analyser = context.createAnalyser();
      analyser.fftSize = WINDOW;
      source.connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      return {
        read() {
          if (context.state !== 'running') {
            // Allowed only after a click on the page; until then each attempt waits in vain, and that is no error.
            void context.resume().catch(() => undefined);
            return null;
          }
          analyser.getFloatTimeDomainData(samples);
          let sum = 0;
          let peak = 0;
          for (const sample of samples) {
            sum += sample * sample;
            peak = Math.max(peak, Math.abs(sample));
          }
          return { rms: Math.sqrt(sum / samples.length), peak };
        },
        close() {
          source.disconnect();
          analyser.disconnect();
        },
      };
    },
    close() {
      if (closed) return;
      closed = true;
      void context.close().catch(() => undefined);
    },
  };
}
