import type { ParticipantId } from '@parley/protocol/room-state';
import { TICKET_LIFETIME_S } from '@parley/protocol/ticket';
import type { Clock } from './clock';

/** For so long after web has heard of it some ticket from before may still be good, ms. */
export const BARRED_MS = 2 * TICKET_LIFETIME_S * 1_000;

/**
 * Who may not come in although a ticket from before lets them: whoever was removed from an earlier session, and whoever has no seat
 * and a ticket from before the way in was changed. Held in memory, for as long as such a ticket could be good.
 */
export class Bars {
  /** Until when, by participant, by meeting. */
  #removed = new Map<string, Map<ParticipantId, number>>();
  /** From when on tickets count, and until when that must be known, by meeting. */
  #entries = new Map<string, { readonly from: number; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  bar(meeting: string, participants: readonly ParticipantId[]): void {
    this.#forget();
    if (participants.length === 0) return;
    const until = this.clock.now() + BARRED_MS;
    const barred = this.#removed.get(meeting) ?? new Map<ParticipantId, number>();
    for (const participant of participants) barred.set(participant, until);
    this.#removed.set(meeting, barred);
  }

  barred(meeting: string): readonly ParticipantId[] {
    this.#forget();
    return [...(this.#removed.get(meeting)?.keys() ?? [])];
  }

  setEntriesFrom(meeting: string, at: number): void {
    this.#forget();
    const from = Math.max(at, this.entriesFrom(meeting));
    this.#entries.set(meeting, { from, until: this.clock.now() + BARRED_MS });
  }

  /** Who has no seat needs a ticket issued after this, ms since the epoch. */
  entriesFrom(meeting: string): number {
    return this.#entries.get(meeting)?.from ?? 0;
  }

  /** What no ticket is old enough for any more goes. */
  #forget(): void {
    const now = this.clock.now();
    for (const [meeting, barred] of this.#removed) {
      for (const [participant, until] of barred) if (until <= now) barred.delete(participant);
      if (barred.size === 0) this.#removed.delete(meeting);
    }
    for (const [meeting, { until }] of this.#entries) if (until <= now) this.#entries.delete(meeting);
  }
}
