import { type LoggedEvent, type RoomState, apply } from '@parley/protocol/room-state';

export interface Followed {
  readonly state: RoomState;
  /** The events that were news, in order. */
  readonly applied: readonly LoggedEvent[];
  /** Something is missing before the first event that could not be applied: catch up. */
  readonly gap: boolean;
}

/** Applies what follows `state`; what it has already seen is skipped. */
export function follow(state: RoomState, events: readonly LoggedEvent[]): Followed {
  let next = state;
  const applied: LoggedEvent[] = [];
  for (const logged of events) {
    if (logged.revision <= next.revision) continue;
    try {
      next = apply(next, logged);
    } catch {
      return { state: next, applied, gap: true };
    }
    applied.push(logged);
  }
  return { state: next, applied, gap: false };
}
