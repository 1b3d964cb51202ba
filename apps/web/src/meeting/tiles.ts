import { mediaKey, others, type RoomView } from '@parley/rtc-core';
import type { Participant } from '@parley/protocol/room-state';

/** The key of a tile is the key of its picture: `<participant>/camera` or `<participant>/screen`. */
export type TileKey = `${string}/camera` | `${string}/screen`;

const camera = (id: string): TileKey => mediaKey(id, 'camera') as TileKey;
const screen = (id: string): TileKey => mediaKey(id, 'screen') as TileKey;

export function selectPeopleTiles(view: RoomView): readonly TileKey[] {
  const { you, room } = view;
  const own = you === null ? undefined : room?.participants[you];
  return [
    ...others(view).map(({ id }) => camera(id)),
    ...(own?.publications.screen ? [screen(own.id)] : []),
    ...(own ? [camera(own.id)] : []),
  ];
}

export function selectScreenTiles(view: RoomView): readonly TileKey[] {
  return others(view)
    .filter(({ publications }) => publications.screen)
    .map(({ id }) => screen(id));
}

/** Whose hands are up, the first to raise it first. */
export function selectHands(view: RoomView): readonly string[] {
  const raised = Object.values(view.room?.participants ?? {}).flatMap(({ id, handRaisedAt }) =>
    handRaisedAt === null ? [] : [{ id, at: handRaisedAt }],
  );
  return raised.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** Everybody, oneself first, then by name: for the list of people. */
export function selectPeople(view: RoomView): readonly Participant[] {
  const rest = [...others(view)].sort((a, b) => a.name.localeCompare(b.name));
  const own = view.you === null ? undefined : view.room?.participants[view.you];
  return own ? [own, ...rest] : rest;
}

export const selectCount = ({ room }: RoomView): number => Object.keys(room?.participants ?? {}).length;
export const selectYou = ({ you }: RoomView): string | null => you;
export const selectTitle = ({ room }: RoomView): string | null => room?.settings.title ?? null;
export const selectPhase = ({ phase }: RoomView): RoomView['phase'] => phase;
export const selectTake = ({ room }: RoomView) => room?.take ?? null;
export const selectRecorder = ({ recorder }: RoomView): RoomView['recorder'] => recorder;
export const selectOwnHand = ({ you, room }: RoomView): boolean =>
  you !== null && (room?.participants[you]?.handRaisedAt ?? null) !== null;
export const selectRole = ({ you, room }: RoomView) =>
  (you === null ? undefined : room?.participants[you]?.role) ?? 'participant';
