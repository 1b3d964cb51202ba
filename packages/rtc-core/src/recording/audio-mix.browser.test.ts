import { afterEach, expect, test, vi } from 'vitest';
import type { MediaKey } from '../room-view';
import { createAudioMix } from './audio-mix';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

function tone(): MediaStreamTrack {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const oscillator = new OscillatorNode(context, { frequency: 440 });
  oscillator.connect(destination);
  oscillator.start();
  cleanUp.push(() => context.close());
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error('no tone');
  return track;
}

/** `track` as it arrives at the other end of a real connection. */
async function received(track: MediaStreamTrack): Promise<MediaStreamTrack> {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  cleanUp.push(() => (near.close(), far.close()));
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  const arrival = new Promise<MediaStreamTrack>((resolve) => (far.ontrack = (event) => resolve(event.track)));
  near.addTrack(track);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription ?? { type: 'offer' });
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription ?? { type: 'answer' });
  return arrival;
}

/** The largest sample heard on `track` until now, 0..1. */
function peakOf(track: MediaStreamTrack): () => number {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  cleanUp.push(() => context.close());
  const samples = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  };
}

const REMOTE: MediaKey = 'bob-000000/microphone';

test('hears tracks of others, which Chromium gives to Web Audio only while they play', async () => {
  const mix = createAudioMix(() => true);
  cleanUp.push(() => mix.close());
  const peak = peakOf(mix.track);
  mix.hear(new Map([[REMOTE, await received(tone())]]));
  await vi.waitUntil(() => peak() > 0.1, { timeout: 20_000 });
  mix.hear(new Map());
  await vi.waitUntil(() => peak() === 0, { timeout: 20_000 });
});

test('takes another track in the place of one that was replaced', async () => {
  const mix = createAudioMix(() => false);
  cleanUp.push(() => mix.close());
  const peak = peakOf(mix.track);
  const first = tone();
  mix.hear(new Map([[REMOTE, first]]));
  await vi.waitUntil(() => peak() > 0.1, { timeout: 20_000 });
  first.stop();
  await vi.waitUntil(() => peak() === 0, { timeout: 20_000 });
  mix.hear(new Map([[REMOTE, tone()]]));
  await vi.waitUntil(() => peak() > 0.1, { timeout: 20_000 });
});

test('is silent and running with nobody to hear', async () => {
  const mix = createAudioMix(() => true);
  cleanUp.push(() => mix.close());
  mix.hear(new Map());
  await vi.waitUntil(() => mix.isRunning());
  expect(mix.track.readyState).toBe('live');
  expect(peakOf(mix.track)()).toBe(0);
});
