import type { MediaKey } from '../room-view';
import { drawScene, type Picture } from './draw-scene';
import { COMPOSITE_SIZE, type Scene } from './scene';

export const FRAMES_PER_SECOND = 24;

/** Draws what the recording shows onto a canvas, in a hidden tab as well. */
export interface Compositor {
  /** The canvas as a video track. */
  readonly track: MediaStreamTrack;
  /** What to draw from now on, and the video tracks there are; call as often as you like. */
  show(scene: Scene, tracks: ReadonlyMap<MediaKey, MediaStreamTrack>): void;
  /** Idempotent. */
  close(): void;
}

export interface CompositorOptions {
  /** About 24 times a second, after the picture was drawn. */
  readonly onFrame: () => void;
  /** Drawing is not possible any more. */
  readonly onError: (error: unknown) => void;
}

export function createCompositor({ onFrame, onError }: CompositorOptions): Compositor {
  const canvas = document.createElement('canvas');
  canvas.width = COMPOSITE_SIZE.width;
  canvas.height = COMPOSITE_SIZE.height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('The browser gives no 2D canvas.');
  const stream = canvas.captureStream(FRAMES_PER_SECOND);
  const [track] = stream.getVideoTracks();
  if (!track) throw new Error('The canvas gives no video track.');

  const players = new Map<MediaKey, { track: MediaStreamTrack; video: HTMLVideoElement }>();
  let scene: Scene = { size: COMPOSITE_SIZE, tiles: [], sound: [] };
  let closed = false;

  const pictureOf = (key: MediaKey): Picture | null => {
    const video = players.get(key)?.video;
    if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
    return { image: video, width: video.videoWidth, height: video.videoHeight };
  };

  let lastFrame = Number.NEGATIVE_INFINITY;
  function draw(): void {
    if (closed || !context) return;
    const now = performance.now();
    // Ticks pile up while the page is busy: one picture is enough then.
    if (now - lastFrame < 500 / FRAMES_PER_SECOND) return;
    lastFrame = now;
    try {
      drawScene(context, scene, pictureOf);
    } catch (error) {
      close();
      return onError(error);
    }
    onFrame();
  }

  const ticks = new Worker(new URL('./tick.worker.ts', import.meta.url), { type: 'module' });
  ticks.addEventListener('message', draw);
  // The worker has to be fetched: the page keeps time until it is there, or the take would begin without a picture.
  const untilTicks = setInterval(draw, 1_000 / FRAMES_PER_SECOND);
  ticks.addEventListener('message', () => clearInterval(untilTicks), { once: true });
  ticks.addEventListener('error', (event) => onError(new Error(`The timer's worker failed: ${event.message}`)));
  ticks.postMessage(FRAMES_PER_SECOND);

  function close(): void {
    if (closed) return;
    closed = true;
    clearInterval(untilTicks);
    ticks.terminate();
    track?.stop();
    for (const { video } of players.values()) video.srcObject = null;
    players.clear();
  }

  return {
    track,
    show(next, tracks) {
      if (closed) return;
      scene = next;
      const shown = new Set(scene.tiles.map((tile) => tile.picture));
      for (const [key, player] of players) {
        if (shown.has(key) && tracks.get(key) === player.track) continue;
        player.video.srcObject = null;
        players.delete(key);
      }
      for (const key of shown) {
        const source = key && tracks.get(key);
        if (key && source && !players.has(key)) players.set(key, { track: source, video: play(source) });
      }
    },
    close,
  };
}

/** A video element of its own, outside the page, so that what the stage shows or hides does not matter. */
function play(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  // Muted video may always play; a rejection means that the source was taken away again.
  video.play().catch(() => {});
  return video;
}
