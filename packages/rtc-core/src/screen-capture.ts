import { captureError } from './device-capture';
import { RtcError } from './errors';
import type { Platform } from './platform';

/** What the browser's picker gave: a picture, its sound, or both. */
export interface ScreenCapture {
  readonly screen: MediaStreamTrack | null;
  readonly sound: MediaStreamTrack | null;
}

/** Members of Screen Capture (W3C, 5.1) that lib.dom does not know yet. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly audio: MediaTrackConstraints & { readonly restrictOwnAudio: boolean };
  readonly selfBrowserSurface: 'include' | 'exclude';
  readonly surfaceSwitching: 'include' | 'exclude';
  readonly systemAudio: 'include' | 'exclude';
}

const OPTIONS: ScreenOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // Music and films: what makes a voice clear spoils them. The system's sound holds the call itself: without it, nobody hears themselves.
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, restrictOwnAudio: true },
  // This very tab, shared, is a hall of mirrors.
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'include',
};

export const canCaptureScreen = (platform: Platform): boolean =>
  typeof (platform.mediaDevices as Partial<MediaDevices> | undefined)?.getDisplayMedia === 'function';

/**
 * Opens the browser's picker. Call it inside a click, before anything is awaited.
 * @throws RtcError `screen-share-unsupported`, `screen-share-cancelled`, `screen-share-blocked`, `screen-share-silent`, `screen-share-failed`.
 */
export async function captureScreen(platform: Platform, soundOnly: boolean): Promise<ScreenCapture> {
  const { mediaDevices } = platform;
  if (!mediaDevices || !canCaptureScreen(platform)) throw new RtcError('screen-share-unsupported');
  let stream: MediaStream;
  try {
    stream = await mediaDevices.getDisplayMedia(OPTIONS);
  } catch (error) {
    const { code, message } = captureError(error);
    if (code === 'permission-denied' && !/system/iu.test(message))
      throw new RtcError('screen-share-cancelled', { cause: error });
    throw new RtcError(code === 'permission-denied' ? 'screen-share-blocked' : 'screen-share-failed', { cause: error });
  }
  const [picture = null] = stream.getVideoTracks();
  const [sound = null] = stream.getAudioTracks();
  if (sound) sound.contentHint = 'music';
  if (!soundOnly) {
    if (picture) picture.contentHint = 'detail';
    return { screen: picture, sound };
  }
  // No browser gives the sound without a picture; the picture ends here.
  picture?.stop();
  if (!sound) throw new RtcError('screen-share-silent');
  return { screen: null, sound };
}
