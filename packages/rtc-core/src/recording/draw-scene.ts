import type { MediaKey } from '../room-view';
import type { Box, Scene, Tile } from './scene';

/** Something with a picture now, in its own pixels. */
export interface Picture {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

const BACKGROUND = '#0b0d12';
const SCREEN_BACKGROUND = '#000000';
const CORNER = 12;
const PILL_HEIGHT = 28;
const PILL_INSET = 10;
const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif';

/** Draws the whole scene. `pictureOf` gives what a track shows now, or null when no frame has come yet: initials then. */
export function drawScene(
  context: CanvasRenderingContext2D,
  scene: Scene,
  pictureOf: (key: MediaKey) => Picture | null,
): void {
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, scene.size.width, scene.size.height);
  for (const tile of scene.tiles) {
    const picture = tile.picture && pictureOf(tile.picture);
    context.save();
    context.beginPath();
    context.roundRect(tile.box.x, tile.box.y, tile.box.width, tile.box.height, CORNER);
    context.clip();
    if (picture) drawPicture(context, tile, picture);
    else drawInitials(context, tile);
    context.restore();
    drawPill(context, tile);
  }
}

function drawPicture(context: CanvasRenderingContext2D, { box, source }: Tile, picture: Picture): void {
  if (source === 'screen') {
    context.fillStyle = SCREEN_BACKGROUND;
    context.fillRect(box.x, box.y, box.width, box.height);
    const fitted = contained(picture, box);
    context.drawImage(picture.image, fitted.x, fitted.y, fitted.width, fitted.height);
  } else {
    const cut = covering(picture, box);
    context.drawImage(picture.image, cut.x, cut.y, cut.width, cut.height, box.x, box.y, box.width, box.height);
  }
}

function drawInitials(context: CanvasRenderingContext2D, { box, initials, hue }: Tile): void {
  context.fillStyle = `hsl(${hue} 22% 16%)`;
  context.fillRect(box.x, box.y, box.width, box.height);
  const radius = Math.min(box.width, box.height) / 4;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  context.fillStyle = `hsl(${hue} 48% 42%)`;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#ffffff';
  context.font = `600 ${Math.round(radius * 0.8)}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(initials, x, y);
}

function drawPill(context: CanvasRenderingContext2D, { box, name, muted }: Tile): void {
  const markWidth = muted ? 22 : 0;
  context.font = `500 15px ${FONT}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const text = shortened(context, name, box.width - 4 * PILL_INSET - markWidth);
  const width = context.measureText(text).width + 2 * PILL_INSET + markWidth;
  const [x, y] = [box.x + PILL_INSET, box.y + box.height - PILL_INSET - PILL_HEIGHT];
  context.fillStyle = 'rgba(11, 13, 18, 0.72)';
  context.beginPath();
  context.roundRect(x, y, width, PILL_HEIGHT, PILL_HEIGHT / 2);
  context.fill();
  if (muted) drawMutedMark(context, x + PILL_INSET + 7, y + PILL_HEIGHT / 2);
  context.fillStyle = '#ffffff';
  context.fillText(text, x + PILL_INSET + markWidth, y + PILL_HEIGHT / 2 + 1);
}

/** A microphone struck through, 14 pixels wide, around (x, y). */
function drawMutedMark(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.strokeStyle = '#ff6b6b';
  context.fillStyle = '#ff6b6b';
  context.lineWidth = 1.8;
  context.beginPath();
  context.roundRect(x - 2.5, y - 8, 5, 9, 2.5);
  context.fill();
  context.beginPath();
  context.arc(x, y - 1.5, 5, 0, Math.PI);
  context.moveTo(x, y + 3.5);
  context.lineTo(x, y + 7);
  context.moveTo(x - 7, y - 7);
  context.lineTo(x + 7, y + 7);
  context.stroke();
}

function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && context.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** The middle part of a picture that fills `box` without distortion, in the picture's pixels. */
function covering({ width, height }: Picture, box: Box): Box {
  const scale = Math.min(width / box.width, height / box.height);
  const cut = { width: box.width * scale, height: box.height * scale };
  return { x: (width - cut.width) / 2, y: (height - cut.height) / 2, ...cut };
}

/** Where in `box` the whole picture stands without distortion. */
function contained({ width, height }: Picture, box: Box): Box {
  const scale = Math.min(box.width / width, box.height / height);
  const fitted = { width: width * scale, height: height * scale };
  return { x: box.x + (box.width - fitted.width) / 2, y: box.y + (box.height - fitted.height) / 2, ...fitted };
}
