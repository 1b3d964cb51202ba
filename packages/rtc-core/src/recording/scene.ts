import type { Participant, ParticipantId, Source } from '@parley/protocol/room-state';
import { type MediaKey, mediaKey, type RoomView } from '../room-view';

/** Pixels of the composite. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels, from the upper left corner. */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** One rectangle of the picture: a person, or a screen that a person shares. */
export interface Tile {
  readonly participant: ParticipantId;
  readonly source: 'camera' | 'screen';
  readonly box: Box;
  readonly name: string;
  readonly initials: string;
  /** 0..359, from the participant's id: the same person has the same colour in every recording. */
  readonly hue: number;
  /** Nothing is heard from this person: show the mark. Never set on a screen. */
  readonly muted: boolean;
  /** Which track to draw; null when the person offers no picture: draw the initials. */
  readonly picture: MediaKey | null;
}

/** What the recording shows and sounds like now. */
export interface Scene {
  readonly size: Size;
  readonly tiles: readonly Tile[];
  /** The tracks to mix. */
  readonly sound: readonly MediaKey[];
}

export const COMPOSITE_SIZE: Size = { width: 1280, height: 720 };

/** Pixels between tiles and around them. */
const MARGIN = 8;
const TILE_ASPECT = 16 / 9;
/** Share of the width that shared screens take, as on the stage. */
const SCREEN_SHARE = 3 / 4;

/**
 * What the recording of the room's current take should show: everybody whose browser has confirmed the recording
 * notice, in order of joining so that nobody changes place, shared screens three quarters wide with the people in a
 * column beside them. It follows publications and never `track.muted`: an unused slot unmutes by itself, and a
 * replaced track leaves its last picture behind. Pure and deterministic; empty when there is no take.
 */
export function sceneOf(view: RoomView, size: Size = COMPOSITE_SIZE): Scene {
  const people = recorded(view);
  const sharing = people.filter((p) => offers(p, 'screen'));
  const whole: Box = { x: 0, y: 0, ...size };
  const beside = Math.round(size.width * SCREEN_SHARE);
  const screenArea: Box = { ...whole, width: beside };
  const peopleArea: Box = sharing.length > 0 ? { ...whole, x: beside, width: size.width - beside } : whole;
  const screenBoxes = stack(sharing.length, screenArea);
  const peopleBoxes = grid(people.length, peopleArea);
  return {
    size,
    tiles: [
      ...sharing.map((p, i) => tile(p, 'screen', screenBoxes[i] ?? whole)),
      ...people.map((p, i) => tile(p, 'camera', peopleBoxes[i] ?? whole)),
    ],
    sound: people.flatMap((p) =>
      (['microphone', 'screen-audio'] as const).filter((s) => offers(p, s)).map((s) => mediaKey(p.id, s)),
    ),
  };
}

/** Who is in the recording now. */
function recorded({ room }: RoomView): readonly Participant[] {
  if (!room?.take) return [];
  const { noticed } = room.take;
  return Object.values(room.participants)
    .filter((p) => noticed.includes(p.id))
    .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
}

const offers = (p: Participant, source: Source): boolean => p.publications[source]?.muted === false;

function tile(p: Participant, source: Tile['source'], box: Box): Tile {
  return {
    participant: p.id,
    source,
    box,
    name: p.name,
    initials: initialsOf(p.name),
    hue: hueOf(p.id),
    muted: source === 'camera' && !offers(p, 'microphone'),
    picture: offers(p, source) ? mediaKey(p.id, source) : null,
  };
}

/** First letters of the first and the last word, in capitals. */
export function initialsOf(name: string): string {
  const words = name.split(' ').filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  return letters
    .map((word) => (word ? (Array.from(word)[0] ?? '') : ''))
    .join('')
    .toUpperCase();
}

function hueOf(id: ParticipantId): number {
  let hue = 0;
  for (const character of id) hue = (hue * 31 + character.charCodeAt(0)) % 360;
  return hue;
}

/** `count` tiles of 16:9 as large as they can be, in rows; the last row stands in the middle. */
function grid(count: number, area: Box): readonly Box[] {
  if (count === 0) return [];
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const room = (area.width - MARGIN * (columns + 1)) / columns;
    const height = (area.height - MARGIN * (rows + 1)) / rows;
    const width = Math.floor(Math.min(room, height * TILE_ASPECT));
    if (width > best.width) best = { columns, width };
  }
  const { columns, width } = best;
  const height = Math.floor(width / TILE_ASPECT);
  const rows = Math.ceil(count / columns);
  const top = area.y + Math.round((area.height - rows * height - (rows - 1) * MARGIN) / 2);
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = area.x + Math.round((area.width - inRow * width - (inRow - 1) * MARGIN) / 2);
    return { x: left + (i % columns) * (width + MARGIN), y: top + row * (height + MARGIN), width, height };
  });
}

/** `count` boxes one under the other: screens have any shape, so each gets all the width. */
function stack(count: number, area: Box): readonly Box[] {
  const height = Math.floor((area.height - MARGIN * (count + 1)) / Math.max(count, 1));
  return Array.from({ length: count }, (_, i) => ({
    x: area.x + MARGIN,
    y: area.y + MARGIN + i * (height + MARGIN),
    width: area.width - 2 * MARGIN,
    height,
  }));
}
