import type { Loudness } from './audio-level';

/** Notices what people do not: that nothing comes from their microphone, or that they talk while muted. */
export interface VoiceWatch {
  /** One look at the microphone, at `at` ms; call it about ten times a second. */
  see(at: number, loudness: Loudness, muted: boolean): 'silence' | 'speaking-while-muted' | null;
  /** Another device: what was heard of the last one says nothing about it. */
  reset(): void;
}

const SILENCE_MS = 5_000;
/** Less than half a step of 16-bit sound: a device that gives this gives nothing. A quiet room gives more. */
const DIGITAL_SILENCE = 1 / 65_536;
/** -34 dBFS, after gain control: a voice near the microphone, not a fan or a key. */
const SPEECH_RMS = 0.02;
/** So much speech within a window of one second: more than a cough. */
const SPEECH_MS = 400;
const SPEECH_WINDOW_MS = 1_000;
const REPEAT_MS = 15_000;

export function createVoiceWatch(): VoiceWatch {
  let silentSince: number | null = null;
  let silenceTold = false;
  let before: number | null = null;
  let spoken: { readonly at: number; readonly ms: number }[] = [];
  let speakingTold: number | null = null;

  function seeMuted(at: number, { rms }: Loudness): 'speaking-while-muted' | null {
    // A throttled tab looks rarely; what was between two looks is not known, so that one look counts 200 ms at most.
    if (rms >= SPEECH_RMS) spoken.push({ at, ms: before === null ? 0 : Math.min(200, at - before) });
    spoken = spoken.filter((piece) => piece.at > at - SPEECH_WINDOW_MS);
    if (spoken.reduce((sum, { ms }) => sum + ms, 0) < SPEECH_MS) return null;
    if (speakingTold !== null && at - speakingTold < REPEAT_MS) return null;
    speakingTold = at;
    spoken = [];
    return 'speaking-while-muted';
  }

  function seeOpen(at: number, { peak }: Loudness): 'silence' | null {
    if (peak >= DIGITAL_SILENCE) {
      silentSince = null;
      silenceTold = false;
      return null;
    }
    silentSince ??= at;
    if (silenceTold || at - silentSince < SILENCE_MS) return null;
    silenceTold = true;
    return 'silence';
  }

  return {
    see(at, loudness, muted) {
      let notice: 'silence' | 'speaking-while-muted' | null;
      if (muted) {
        silentSince = null;
        notice = seeMuted(at, loudness);
      } else {
        spoken = [];
        notice = seeOpen(at, loudness);
      }
      before = at;
      return notice;
    },
    reset() {
      silentSince = null;
      silenceTold = false;
      spoken = [];
    },
  };
}
