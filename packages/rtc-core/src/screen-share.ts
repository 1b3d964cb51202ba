import type { Logger } from './logger';
import { RtcError } from './errors';
import type { Platform } from './platform';
import { captureScreen, type ScreenCapture } from './screen-capture';

/** The one screen this browser shares, if any. */
export interface ScreenShare {
  /** Inside a click. A running share goes on until the new one is there; one picker at a time. @throws RtcError as `captureScreen` does. */
  start(soundOnly: boolean): Promise<void>;
  stop(): void;
}

export function createScreenShare(options: {
  readonly platform: Platform;
  readonly logger: Logger;
  /** What is shared as `source` from now on; null: nothing. */
  readonly onTrack: (source: 'screen' | 'screen-audio', track: MediaStreamTrack | null) => void;
}): ScreenShare {
  const { platform, logger, onTrack } = options;
  let shared: ScreenCapture | null = null;
  let picking: Promise<void> | null = null;

  function letGo(): void {
    for (const track of [shared?.screen, shared?.sound]) {
      if (!track) continue;
      track.onended = null;
      track.stop();
    }
    shared = null;
  }

  function stop(): void {
    // A picker that is still open gives its tracks to nobody.
    picking = null;
    letGo();
    onTrack('screen', null);
    onTrack('screen-audio', null);
  }

  function take(capture: ScreenCapture): void {
    // What it replaces ends without a word: told that there is none, the others would see the share go and come again.
    letGo();
    shared = capture;
    for (const [source, track] of [
      ['screen', capture.screen],
      ['screen-audio', capture.sound],
    ] as const) {
      const onEnded = (): void => {
        logger.info('share ended by the browser', { source });
        if (source === 'screen' || !capture.screen) stop();
        else onTrack('screen-audio', null);
      };
      // The browser's own "Stop sharing" ends the tracks. A sound that ends alone leaves the picture.
      if (track) track.onended = onEnded;
      onTrack(source, track);
    }
  }

  function start(soundOnly: boolean): Promise<void> {
    // A second click finds the picker open.
    if (picking) return picking;
    const mine: Promise<void> = pick(soundOnly, () => picking === mine).finally(() => {
      if (picking === mine) picking = null;
    });
    picking = mine;
    return mine;
  }

  async function pick(soundOnly: boolean, isWanted: () => boolean): Promise<void> {
    const capture = await captureScreen(platform, soundOnly);
    if (!isWanted()) {
      capture.screen?.stop();
      capture.sound?.stop();
      throw new RtcError('screen-share-cancelled', { detail: 'stopped while the picker was open' });
    }
    take(capture);
  }

  return { start, stop };
}
