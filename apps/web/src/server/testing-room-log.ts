import { randomBytes } from 'node:crypto';
import type { LoggedEvent, RoomEvent } from '@parley/protocol/room-state';

/** A room's log as signal writes it: events numbered without gaps, a second apart. For tests. */
export class RoomLog {
  readonly session = randomBytes(12).toString('base64url');
  readonly events: LoggedEvent[] = [];

  constructor(
    readonly meeting: string,
    readonly openedAt = Date.UTC(2026, 10, 22, 9),
  ) {
    const settings = { version: 1, title: 'Design review', maxParticipants: 8 };
    this.add({ type: 'opened', meeting, session: this.session, epoch: 'epoch-12345678', settings });
  }

  add(event: RoomEvent): this {
    const revision = this.events.length + 1;
    this.events.push({ revision, at: this.openedAt + revision * 1_000, event });
    return this;
  }

  joins(id: string, name: string, guest = false): this {
    return this.add({
      type: 'joined',
      participant: {
        id,
        name,
        guest,
        role: 'participant',
        presence: { status: 'here', instance: 'instance1' },
        joinedAt: this.openedAt + (this.events.length + 1) * 1_000,
        publications: {},
        handRaisedAt: null,
      },
    });
  }

  says(from: string, name: string, text: string): this {
    const at = this.openedAt + (this.events.length + 1) * 1_000;
    return this.add({ type: 'chat-sent', message: { id: `m${this.events.length}-12345678`, from, name, text, at } });
  }

  /** A report of the events from revision `from` to `to`. */
  report(from = 1, to = this.events.length): { meeting: string; session: string; events: LoggedEvent[] } {
    return { meeting: this.meeting, session: this.session, events: this.events.slice(from - 1, to) };
  }

  /** When the event of that revision happened. */
  at(revision: number): Date {
    return new Date(this.openedAt + revision * 1_000);
  }
}
