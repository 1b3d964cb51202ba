import type { InstanceId, ParticipantId, RoomEvent, RoomState } from '@parley/protocol/room-state';

/** More pages than anybody leaves lying about; a session of many reloads shall not grow by them. */
const KEPT = 16;

/** Which pages each participant has sat in the room with, oldest first: the last one has the seat, or had it last. */
export class Instances {
  #seen = new Map<ParticipantId, readonly InstanceId[]>();

  follow(event: RoomEvent): void {
    if (event.type === 'joined') this.#note(event.participant.id, event.participant.presence.instance);
    else if (event.type === 'returned') this.#note(event.participant, event.instance);
  }

  /** The seats of a state whose events are not known one by one. */
  adopt(state: RoomState): void {
    for (const { id, presence } of Object.values(state.participants)) this.#note(id, presence.instance);
  }

  /** A newer page has taken the seat of `instance` since. */
  isSuperseded(participant: ParticipantId, instance: InstanceId): boolean {
    const seen = this.#seen.get(participant) ?? [];
    return seen.includes(instance) && seen.at(-1) !== instance;
  }

  #note(participant: ParticipantId, instance: InstanceId): void {
    const earlier = (this.#seen.get(participant) ?? []).filter((other) => other !== instance);
    this.#seen.set(participant, [...earlier, instance].slice(-KEPT));
  }
}
