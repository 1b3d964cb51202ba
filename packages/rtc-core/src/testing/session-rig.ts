import type { Result } from '@parley/protocol/refusal';
import type { PageEvent, PageEvents } from '../page-events';
import { type Platform, browserPlatform } from '../platform';
import type { Recorder, RecorderOptions, RecordingProgress } from '../recording-port';
import type { RecorderState, RoomView } from '../room-view';
import { type ReadyRoom, type RoomOptions, readyRoom } from '../door';
import { type RoomSession, joinRoom } from '../room-session';
import type { SessionParts } from '../session-parts';
import type { Connect } from '../signal/channel';
import { type Readable, type Store, createStore } from '../store';
import { type FakeLocalMedia, createFakeLocalMedia } from './fake-local-media';
import { type FakeTransport, createFakeTransport } from './fake-transport';
import { type MemoryClaims, type MemoryRoom, memoryTicket } from './memory-channel';

/** A session in Node: real signaling of one's choice, everything of the browser faked. */
export interface SessionRig {
  readonly session: RoomSession;
  readonly ready: ReadyRoom;
  readonly local: FakeLocalMedia;
  /** The transport of the current stay. */
  readonly transport: FakeTransport;
  readonly transports: readonly FakeTransport[];
  readonly recorders: readonly FakeRecorder[];
  readonly page: FakePage;
  readonly gate: Gate;
}

/** A door in front of signaling. */
export interface Gate {
  /** Breaks the connection; new ones are not made. */
  cut(): void;
  mend(): void;
}

export interface FakePage extends PageEvents {
  emit(event: PageEvent): void;
}

export interface FakeRecorder extends Recorder {
  readonly options: RecorderOptions;
  readonly state: Store<RecorderState>;
  readonly progress: Store<RecordingProgress>;
  readonly stops: number;
}

export function createFakePage(): FakePage {
  const listeners = new Map<PageEvent, Set<() => void>>();
  return {
    hidden: false,
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
    emit(event) {
      for (const listener of [...(listeners.get(event) ?? [])]) listener();
    },
  };
}

function createGate(connect: Connect): Gate & { connect: Connect } {
  const breaks = new Set<() => void>();
  let cut = false;
  return {
    connect(url, ticket, handlers) {
      if (cut) {
        setTimeout(() => handlers.lost(new Error('The test has cut the line.')));
        return { command: () => Promise.resolve('lost'), relay() {}, close() {} };
      }
      const connection = connect(url, ticket, handlers);
      const close = (): void => {
        breaks.delete(breakLine);
        connection.close();
      };
      const breakLine = (): void => {
        close();
        handlers.lost(new Error('The test has cut the line.'));
      };
      breaks.add(breakLine);
      return { ...connection, close };
    },
    cut() {
      cut = true;
      for (const breakLine of [...breaks]) breakLine();
    },
    mend() {
      cut = false;
    },
  };
}

function createFakeRecorder(options: RecorderOptions): FakeRecorder {
  const { take, destination } = options;
  const state = createStore<RecorderState>({ status: 'recording', take, destination });
  let stops = 0;
  return {
    options,
    state,
    progress: createStore<RecordingProgress>({ recordedMs: 0, recordedBytes: 0, uploadedBytes: 0 }),
    get stops() {
      return stops;
    },
    stop() {
      stops++;
      if (state.get().status === 'recording') state.set({ status: 'done', take, destination });
      return Promise.resolve();
    },
    close() {},
  };
}

/** The browser's platform with a stand-in for MediaStream, which Node has not. */
export const nodePlatform: Platform = {
  ...browserPlatform,
  mediaDevices: undefined,
  permissions: undefined,
  createMediaStream: (tracks = []) => ({ getTracks: () => [...tracks] }) as unknown as MediaStream,
  onOnline: () => () => {},
};

export function openRig(options: {
  connect: Connect;
  getTicket: RoomOptions['getTicket'];
  signalUrl?: string;
  local?: FakeLocalMedia;
  name?: string;
  parts?: Partial<SessionParts>;
  room?: Partial<RoomOptions>;
}): SessionRig {
  const local = options.local ?? createFakeLocalMedia();
  const page = createFakePage();
  const transports: FakeTransport[] = [];
  const recorders: FakeRecorder[] = [];
  const gate = createGate(options.connect);
  const parts: SessionParts = {
    connect: gate.connect,
    openTransport(transportOptions) {
      const transport = createFakeTransport(transportOptions);
      transports.push(transport);
      return transport;
    },
    openRecorder(recorderOptions) {
      const recorder = createFakeRecorder(recorderOptions);
      recorders.push(recorder);
      return Promise.resolve(recorder);
    },
    openAudio: () => ({ srcObject: null, play: () => Promise.resolve(), pause() {} }),
    openMeter: () => ({ probe: () => ({ read: () => null, close() {} }), close() {} }),
    page,
    platform: nodePlatform,
    ...options.parts,
  };
  const ready = readyRoom(
    {
      signalUrl: options.signalUrl ?? 'http://memory.invalid',
      getTicket: options.getTicket,
      local,
      openTake: () => Promise.reject(new Error('This test opens no take.')),
      saveFile() {},
      ...options.room,
    },
    parts,
  );
  const session = joinRoom(ready, options.name === undefined ? {} : { name: options.name });
  return {
    session,
    ready,
    local,
    page,
    gate,
    transports,
    recorders,
    get transport() {
      const last = transports.at(-1);
      if (!last) throw new Error('No transport has been opened yet.');
      return last;
    },
  };
}

/** Resolves when `holds` is true of what `readable` shows. The test's own timeout ends a wait in vain. */
export function until<T>(readable: Readable<T>, holds: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const look = (): void => {
      const value = readable.get();
      if (!holds(value)) return;
      stop();
      resolve(value);
    };
    const stop = readable.subscribe(look);
    look();
  });
}

export const inPhase =
  (name: RoomView['phase']['name']) =>
  (view: RoomView): boolean =>
    view.phase.name === name;

/** The code of a refusal, or `ok`. */
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);

export const connected = (...all: SessionRig[]): Promise<unknown> =>
  Promise.all(all.map((rig) => until(rig.session.view, inPhase('connected'))));

/** Rigs of a test file that meet in rooms in memory. `leave` after each test. */
export function createMemoryRigs(): {
  join: (room: MemoryRoom, who: MemoryClaims, options?: Partial<Parameters<typeof openRig>[0]>) => SessionRig;
  leave: () => Promise<void>;
} {
  const rigs: SessionRig[] = [];
  return {
    join(room, who, options = {}) {
      const getTicket = () => Promise.resolve(memoryTicket(who));
      const rig = openRig({ connect: room.connect, getTicket, ...options });
      rigs.push(rig);
      return rig;
    },
    async leave() {
      await Promise.all(rigs.splice(0).map((rig) => rig.session.leave()));
    },
  };
}
