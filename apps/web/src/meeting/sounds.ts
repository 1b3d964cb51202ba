/** Short sounds made here: no files to load, nothing to be blocked. */
export type Sound = 'join' | 'chat' | 'hand' | 'test';

interface Note {
  readonly hertz: number;
  /** Seconds after the first. */
  readonly at: number;
  readonly seconds: number;
}

const SOUNDS: Readonly<Record<Sound, { readonly gain: number; readonly notes: readonly Note[] }>> = {
  join: {
    gain: 0.05,
    notes: [
      { hertz: 523, at: 0, seconds: 0.14 },
      { hertz: 784, at: 0.1, seconds: 0.22 },
    ],
  },
  chat: { gain: 0.04, notes: [{ hertz: 880, at: 0, seconds: 0.12 }] },
  hand: {
    gain: 0.05,
    notes: [
      { hertz: 659, at: 0, seconds: 0.1 },
      { hertz: 659, at: 0.16, seconds: 0.16 },
    ],
  },
  test: {
    gain: 0.2,
    notes: [
      { hertz: 392, at: 0, seconds: 0.3 },
      { hertz: 523, at: 0.25, seconds: 0.3 },
      { hertz: 659, at: 0.5, seconds: 0.5 },
    ],
  },
};

let context: AudioContext | null = null;

/** Plays a sound on the chosen speaker, if the browser can choose. Never throws: a missing sound is no trouble. */
export function play(sound: Sound, speaker?: string): void {
  try {
    context ??= new AudioContext();
    const { gain, notes } = SOUNDS[sound];
    const { target, close } = output(context, speaker);
    let playing = notes.length;
    const start = context.currentTime + 0.02;
    for (const note of notes) {
      const oscillator = new OscillatorNode(context, { type: 'sine', frequency: note.hertz });
      const envelope = new GainNode(context, { gain: 0 });
      const from = start + note.at;
      envelope.gain.setValueAtTime(0, from);
      envelope.gain.linearRampToValueAtTime(gain, from + 0.015);
      envelope.gain.exponentialRampToValueAtTime(0.0001, from + note.seconds);
      oscillator.connect(envelope).connect(target);
      oscillator.onended = () => {
        if (--playing === 0) close();
      };
      oscillator.start(from);
      oscillator.stop(from + note.seconds + 0.05);
    }
    void context.resume().catch(() => undefined);
  } catch {
    context = null;
  }
}

/** Through an audio element where a speaker was chosen: every browser that lets one choose can do it there. */
function output(audio: AudioContext, speaker: string | undefined): { target: AudioNode; close: () => void } {
  if (!speaker || !('setSinkId' in HTMLMediaElement.prototype))
    return { target: audio.destination, close: () => undefined };
  const stream = new MediaStreamAudioDestinationNode(audio);
  const element = new Audio();
  element.srcObject = stream.stream;
  void element
    .setSinkId(speaker)
    .then(() => element.play())
    .catch(() => undefined);
  return {
    target: stream,
    // An element that plays a stream never ends by itself.
    close: () => {
      element.pause();
      element.srcObject = null;
    },
  };
}
