import type { Refusal } from '@parley/protocol/refusal';
import type {
  LocalMedia,
  LocalMediaOptions,
  LocalMediaState,
  Readable,
  ReadyRoom,
  RoomOptions,
  RoomSession,
  RtcError,
} from '@parley/rtc-core';
import { remember, rememberedDevices } from './preferences';
import { openTake, requestTicket, saveFile } from './web-calls';

/** What the server tells this page about the meeting and who looks at it. */
export interface MeetingDoor {
  readonly slug: string;
  readonly title: string;
  /** Whose meeting it is; null when there is no need to say. */
  readonly hostName: string | null;
  readonly mine: boolean;
  /** The account's name; null for a guest, who types one. */
  readonly userName: string | null;
  /** For those who may pass it on. */
  readonly inviteLink: string | null;
  /** The meeting's page, for those who may see it. */
  readonly meetingPath: string | null;
  /** Public address of signal. */
  readonly signalUrl: string;
}

/** rtc-core as an argument, so that tests can bring another. */
export interface Rtc {
  openLocalMedia(options: LocalMediaOptions): LocalMedia;
  readyRoom(options: RoomOptions): ReadyRoom;
  joinRoom(ready: ReadyRoom, who: { name: string }): RoomSession;
}

/** One visit to the meeting's address: from the door into the room and out again. */
export type Visit =
  | { readonly at: 'arriving' }
  | {
      readonly at: 'door';
      readonly local: LocalMedia;
      /** Why joining will not work, or not yet, as far as is known before one tries. */
      readonly trouble: RtcError | Refusal | null;
    }
  | { readonly at: 'room'; readonly local: LocalMedia; readonly session: RoomSession };

export interface Visits {
  readonly visit: Readable<Visit>;
  /** Opens camera and microphone and makes the room ready. Returns what ends the visit. */
  start(): () => void;
  /** Inside the click, so that playback may start. */
  join(name: string): void;
  /** After leaving: back into the room by one click, with the devices as they were. */
  rejoin(): void;
  /** Leaves and turns camera and microphone off. */
  leave(): void;
  /** After another tab took the seat: takes it back, with the devices as they were. */
  takeSeat(): void;
}

export function createVisits(door: MeetingDoor, rtc: Rtc): Visits {
  let visit: Visit = { at: 'arriving' };
  const listeners = new Set<() => void>();
  const set = (next: Visit): void => {
    visit = next;
    for (const listener of [...listeners]) listener();
  };

  let ready: ReadyRoom | null = null;
  let wanted: LocalMediaState['wanted'] = { microphone: true, camera: true };
  let facing: LocalMediaState['facing'] = 'user';
  let name = '';

  const prepare = (): LocalMedia => {
    const local = rtc.openLocalMedia({ remembered: { wanted, facing, chosen: rememberedDevices() } });
    local.state.subscribe(() => remember('devices', JSON.stringify(local.state.get().chosen)));
    const made = rtc.readyRoom({
      signalUrl: door.signalUrl,
      getTicket: (last) => requestTicket(door.slug, last),
      local,
      openTake: (destination) =>
        openTake(visit.at === 'room' ? (visit.session.view.get().room?.meeting ?? '') : '', destination),
      saveFile,
    });
    ready = made;
    set({ at: 'door', local, trouble: made.trouble.get() });
    made.trouble.subscribe(() => {
      if (ready !== made || visit.at !== 'door') return;
      const trouble = made.trouble.get();
      // The page says so instead of its door: no camera's light stays on behind that.
      if (trouble?.code === 'removed') local.close();
      set({ ...visit, trouble });
    });
    return local;
  };

  const join = (as: string): void => {
    if (visit.at !== 'door' || !ready) return;
    name = as;
    const { local } = visit;
    const session = rtc.joinRoom(ready, { name: as });
    set({ at: 'room', local, session });
    const look = (): void => {
      const { phase } = session.view.get();
      if (phase.name !== 'left' || visit.at !== 'room' || visit.session !== session) return;
      // Whoever ended it: no camera's light stays on after that. Another tab may give the seat back.
      if (phase.why.type === 'elsewhere') local.release();
      else leave();
    };
    session.view.subscribe(look);
    look();
  };

  const leave = (): void => {
    if (visit.at !== 'room') return;
    const { session, local } = visit;
    ({ wanted, facing } = local.state.get());
    // The last slices of a recording need the tracks.
    void session.leave().finally(() => local.close());
  };

  return {
    visit: {
      get: () => visit,
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    start() {
      prepare();
      return () => {
        if (visit.at === 'room') void visit.session.leave();
        else ready?.close();
        if (visit.at !== 'arriving') visit.local.close();
        ready = null;
        set({ at: 'arriving' });
      };
    },
    join,
    rejoin() {
      if (visit.at === 'room') visit.local.close();
      prepare();
      join(name);
    },
    leave,
    takeSeat() {
      if (visit.at !== 'room') return;
      visit.local.setWanted(visit.local.state.get().wanted);
      visit.session.takeSeat();
    },
  };
}
