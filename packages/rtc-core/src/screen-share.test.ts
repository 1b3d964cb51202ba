import { expect, test } from 'vitest';
import { silentLogger } from './logger';
import { browserPlatform, type Platform } from './platform';
import { createScreenShare } from './screen-share';
import { fakeTrack } from './testing/fake-media';

/** A browser whose picker gives these tracks, one list after the other. */
function picking(...picks: MediaStreamTrack[][]): Platform {
  const getDisplayMedia = () => {
    const tracks = picks.shift() ?? [];
    const ofKind = (kind: string) => tracks.filter((track) => track.kind === kind);
    return Promise.resolve({ getVideoTracks: () => ofKind('video'), getAudioTracks: () => ofKind('audio') });
  };
  return { ...browserPlatform, mediaDevices: { getDisplayMedia } as unknown as MediaDevices };
}

test('shared anew, a screen gives way to the next without a moment with none', async () => {
  const [picture, nextPicture, lastPicture] = [fakeTrack('video'), fakeTrack('video'), fakeTrack('video')];
  const [sound, nextSound, lastSound] = [fakeTrack('audio'), fakeTrack('audio'), fakeTrack('audio')];
  const told: (readonly [string, MediaStreamTrack | null])[] = [];
  const share = createScreenShare({
    platform: picking([picture, sound], [nextPicture, nextSound], [lastPicture, lastSound]),
    logger: silentLogger,
    onTrack: (source, track) => told.push([source, track]),
  });
  await share.start(false);
  told.length = 0;
  await share.start(false);
  expect(told).toEqual([
    ['screen', nextPicture],
    ['screen-audio', nextSound],
  ]);
  expect([picture.readyState, sound.readyState, nextPicture.readyState]).toEqual(['ended', 'ended', 'live']);

  told.length = 0;
  await share.start(true);
  expect(told).toEqual([
    ['screen', null],
    ['screen-audio', lastSound],
  ]);
  expect(nextPicture.readyState).toBe('ended');
});
