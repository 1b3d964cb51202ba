import type { Participant, RoomState, Source, Take } from '@parley/protocol/room-state';
import type { LocalMedia, LocalMediaState } from '../../local-media';
import { emptyView, type RoomView } from '../../room-view';
import { createStore } from '../../store';

export const ALICE = 'alice-0000';
export const BOB = 'bob-000000';
export const TAKE = 'take-00001';

/** A participant who is here, offering `sources`; a `-` before one means that it is muted. */
export function person(id: string, name: string, joinedAt: number, sources: readonly string[] = []): Participant {
  return {
    id,
    name,
    role: 'participant',
    guest: false,
    presence: { status: 'here', instance: `${id}-page` },
    joinedAt,
    publications: Object.fromEntries(sources.map((s) => [s.replace(/^-/u, ''), { muted: s.startsWith('-') }])),
    handRaisedAt: null,
  };
}

/** A view of a room in which `people` are and a take runs that `noticed` (all of them unless given) have noticed. */
export function viewOf(
  people: readonly Participant[],
  { noticed = people.map((p) => p.id), take = TAKE }: { noticed?: readonly string[]; take?: string | null } = {},
): RoomView {
  const running: Take | null = take
    ? { id: take, by: ALICE, destination: 'server', startedAt: 0, noticed: [...noticed] }
    : null;
  const room: RoomState = {
    meeting: 'meeting-1',
    session: 'session-1',
    epoch: 'epoch-001',
    revision: 1,
    openedAt: 0,
    settings: { version: 1, title: 'Weekly', maxParticipants: 8 },
    participants: Object.fromEntries(people.map((p) => [p.id, p])),
    chat: [],
    take: running,
    removed: [],
    ended: false,
  };
  return { ...emptyView, phase: { name: 'connected' }, you: ALICE, room };
}

/** One's own devices, capturing `tracks`. */
export function localMedia(tracks: Partial<Record<Source, MediaStreamTrack>>): Pick<LocalMedia, 'state'> {
  const capture = (source: Source): LocalMediaState['captures'][Source] => {
    const track = tracks[source];
    return track ? { status: 'on', track, muted: false } : { status: 'off' };
  };
  return {
    state: createStore<LocalMediaState>({
      captures: {
        microphone: capture('microphone'),
        camera: capture('camera'),
        screen: capture('screen'),
        'screen-audio': capture('screen-audio'),
      },
      wanted: { microphone: true, camera: true },
      devices: { cameras: [], microphones: [], speakers: [] },
      chosen: {},
      facing: 'user',
    }),
  };
}
