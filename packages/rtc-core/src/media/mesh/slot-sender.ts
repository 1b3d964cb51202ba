import type { Source } from '@parley/protocol/room-state';
import type { Logger } from '../../logger';
import { reconcile } from '../../reconcile';
import type { VideoEncoding } from './bitrate';

/** What one slot sends: its track, and for video how it is encoded. */
export interface SlotSender {
  /** Resolves when the slot sends `track`, or when that failed and was logged. */
  setTrack(track: MediaStreamTrack | null): Promise<void>;
  setEncoding(encoding: VideoEncoding): void;
  close(): void;
}

const sameEncoding = (a: VideoEncoding, b: VideoEncoding): boolean =>
  a.active === b.active &&
  a.maxBitrate === b.maxBitrate &&
  a.scaleResolutionDownBy === b.scaleResolutionDownBy &&
  a.maxFramerate === b.maxFramerate;

export function createSlotSender(source: Source, sender: RTCRtpSender, logger: Logger): SlotSender {
  const track = reconcile<MediaStreamTrack | null>({
    apply: (value) => sender.replaceTrack(value),
    onFailure: (error) => logger.error('track not replaced', { source, error: String(error) }),
  });
  const encoding = reconcile<VideoEncoding>({
    async apply(value) {
      // getParameters and setParameters belong to one turn of the event loop (WebRTC 1.0, 5.2 [[LastReturnedParameters]]).
      const parameters = sender.getParameters();
      const [first] = parameters.encodings;
      if (!first) throw new Error('The slot has no encoding.');
      Object.assign(first, value);
      await sender.setParameters(parameters);
    },
    onFailure: (error) => logger.warn('encoding not set', { source, error: String(error) }),
    equal: sameEncoding,
  });
  return {
    setTrack(value) {
      track.want(value);
      return track.settled();
    },
    setEncoding: (value) => encoding.want(value),
    close() {
      track.close();
      encoding.close();
    },
  };
}
