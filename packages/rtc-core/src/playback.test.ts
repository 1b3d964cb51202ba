import { describe, expect, it } from 'vitest';
import { silentLogger } from './logger';
import { type AudioOutput, createPlayback } from './playback';
import { type MediaKey, mediaKey } from './room-view';
import { fakeTrack } from './testing/fake-local-media';

interface FakeAudio extends AudioOutput {
  sink: string;
  playing: boolean;
  removed: boolean;
}

function rig() {
  const outputs: FakeAudio[] = [];
  const told: boolean[] = [];
  const browser = { refuses: null as string | null };
  const playback = createPlayback({
    open() {
      const output: FakeAudio & { remove(): void } = {
        srcObject: null,
        sink: 'unset',
        playing: false,
        removed: false,
        play() {
          if (browser.refuses) return Promise.reject(Object.assign(new Error('refused'), { name: browser.refuses }));
          output.playing = true;
          return Promise.resolve();
        },
        pause() {
          output.playing = false;
        },
        setSinkId(id) {
          output.sink = id;
          return id === 'gone' ? Promise.reject(new Error('NotFoundError')) : Promise.resolve();
        },
        remove() {
          output.removed = true;
        },
      };
      outputs.push(output);
      return output;
    },
    stream: (track) => ({ getTracks: () => [track] }) as unknown as MediaStream,
    logger: silentLogger,
    onRefused: (refused) => told.push(refused),
  });
  return { playback, outputs, told, browser };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const BOB = mediaKey('bob-000001', 'microphone');
const SCREEN = mediaKey('bob-000001', 'screen-audio');
const hear = (...keys: MediaKey[]) => new Map(keys.map((key) => [key, fakeTrack('audio')]));

describe('playback', () => {
  it('plays each sound in an element of its own, and no picture', () => {
    const { playback, outputs } = rig();
    playback.play(new Map([...hear(BOB, SCREEN), [mediaKey('bob-000001', 'camera'), fakeTrack('video')]]));
    expect(outputs.map((o) => o.playing)).toEqual([true, true]);
  });

  it('leaves what goes on alone, and lets go of what is gone or replaced', () => {
    const { playback, outputs } = rig();
    const both = hear(BOB, SCREEN);
    playback.play(both);
    playback.play(new Map(both));
    expect(outputs).toHaveLength(2);
    playback.play(new Map([[BOB, fakeTrack('audio')]]));
    expect(outputs.map((o) => o.playing)).toEqual([false, false, true]);
    expect(outputs[1]).toMatchObject({ removed: true, srcObject: null });
    playback.close();
    expect(outputs.every((o) => o.removed)).toBe(true);
  });

  it('tells of a refusal once, plays after a click, and forgets who left meanwhile', async () => {
    const { playback, outputs, told, browser } = rig();
    browser.refuses = 'NotAllowedError';
    playback.play(hear(BOB, SCREEN));
    await settled();
    expect(told).toEqual([true]);
    browser.refuses = null;
    playback.resume();
    await settled();
    expect(told).toEqual([true, false]);
    expect(outputs.map((o) => o.playing)).toEqual([true, true]);

    browser.refuses = 'NotAllowedError';
    playback.play(hear(BOB));
    await settled();
    playback.play(new Map());
    expect(told).toEqual([true, false, true, false]);
  });

  it('takes an interrupted start for no refusal', async () => {
    const { playback, told, browser } = rig();
    browser.refuses = 'AbortError';
    playback.play(hear(BOB));
    await settled();
    expect(told).toEqual([]);
  });

  it('uses the chosen speaker for what plays and what comes', async () => {
    const { playback, outputs } = rig();
    playback.play(hear(BOB));
    expect(outputs[0]?.sink).toBe('unset');
    playback.setSpeaker('kitchen');
    playback.play(hear(BOB, SCREEN));
    expect(outputs.map((o) => o.sink)).toEqual(['kitchen', 'kitchen', 'kitchen']);
    playback.setSpeaker('gone');
    await settled();
    expect(outputs.at(-1)?.playing).toBe(true);
    playback.setSpeaker(undefined);
    expect(outputs.at(-1)?.sink).toBe('');
  });
});
