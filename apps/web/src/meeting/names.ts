import type { ParticipantId } from '@parley/protocol/room-state';
import type { RoomSession } from '@parley/rtc-core';

/** Remembers names, so that who has left can still be named. */
export function watchNames(session: RoomSession): { of(id: ParticipantId): string; stop(): void } {
  const names = new Map<ParticipantId, string>();
  const learn = (): void => {
    for (const { id, name } of Object.values(session.view.get().room?.participants ?? {})) names.set(id, name);
  };
  learn();
  return { of: (id) => names.get(id) ?? '', stop: session.view.subscribe(learn) };
}
