/** What is sent in one video slot to one receiver: RTCRtpEncodingParameters (WebRTC 1.0, 5.2.7). */
export interface VideoEncoding {
  readonly active: boolean;
  /** Bits per second. */
  readonly maxBitrate: number;
  readonly scaleResolutionDownBy: number;
  /** Frames per second. */
  readonly maxFramerate: number;
}

export interface VideoDemand {
  readonly source: 'camera' | 'screen';
  /** Height of the captured picture, pixels; 0 while unknown. */
  readonly capturedHeight: number;
  /** Height the receiver shows, CSS pixels. 0: not shown. null: not said, send what there is. */
  readonly wantedHeight: number | null;
  /** How many receivers this browser sends to: in a mesh each costs an encoder and its share of the uplink. */
  readonly receivers: number;
}

/** What a home's uplink gives all cameras, or all screens, together. */
const UPLINK_BUDGET = 6_000_000;
/** Enough for a picture of this height at 30 fps with VP8, from the rates Chromium's own simulcast uses. */
const CAMERA_RATES: readonly (readonly [height: number, bitrate: number])[] = [
  [180, 200_000],
  [270, 350_000],
  [360, 600_000],
  [540, 1_200_000],
  [720, 2_000_000],
  [1080, 3_500_000],
];
const SCREEN_RATE = 2_500_000;
/** Below this, text in a shared screen breaks up. */
const SCREEN_FLOOR = 600_000;
const FRAME_RATE = { camera: 30, screen: 15 } as const;
/** Few steps, so that dragging a window's edge does not reconfigure the encoder all the time. */
const SCALES = [1, 1.5, 2, 3, 4, 6, 8] as const;

/** Beyond four receivers the encoders of one laptop cannot all do 720p. */
function tallestCamera(receivers: number): number {
  if (receivers <= 2) return 1_080;
  return receivers <= 4 ? 540 : 360;
}

function rateFor(height: number): number {
  return (CAMERA_RATES.find(([limit]) => height <= limit) ?? CAMERA_RATES.at(-1) ?? [0, SCREEN_RATE])[1];
}

/** The strongest reduction that still gives `height` lines or more. */
const scaleDownTo = (captured: number, height: number): number =>
  SCALES.findLast((scale) => captured / scale >= height) ?? 1;

/** The weakest reduction that gives `height` lines or fewer. */
const scaleBelow = (captured: number, height: number): number =>
  SCALES.find((scale) => captured / scale <= height) ?? 8;

/** What to send to one receiver. Pure. */
export function videoEncoding({ source, capturedHeight, wantedHeight, receivers }: VideoDemand): VideoEncoding {
  const share = UPLINK_BUDGET / Math.max(1, receivers);
  const active = wantedHeight !== 0;
  const captured = capturedHeight || 720;
  if (source === 'screen') {
    // A screen is read, not watched: it keeps its lines unless shown less than half as large.
    const scale = active && wantedHeight !== null ? scaleDownTo(captured, wantedHeight * 2) : 1;
    const maxBitrate = Math.round(Math.max(SCREEN_FLOOR, Math.min(SCREEN_RATE, share)));
    return { active, maxBitrate, scaleResolutionDownBy: scale, maxFramerate: FRAME_RATE.screen };
  }
  const scale = Math.max(
    scaleDownTo(captured, wantedHeight || captured),
    scaleBelow(captured, tallestCamera(receivers)),
  );
  const maxBitrate = Math.round(Math.min(rateFor(captured / scale), share));
  return { active, maxBitrate, scaleResolutionDownBy: scale, maxFramerate: FRAME_RATE.camera };
}
