import { accept, type Refusal, type Result } from '@parley/protocol/refusal';
import {
  apply,
  openedState,
  type Participant,
  type Reaction,
  type Role,
  type RoomEvent,
  type RoomState,
  type Source,
  SOURCES,
  type TakeDestination,
} from '@parley/protocol/room-state';
import type {
  Capture,
  LocalMedia,
  LocalMediaState,
  Notice,
  Readable,
  RecordingProgress,
  RoomSession,
  RoomView,
  RtcError,
} from '@parley/rtc-core';
import { afterEach } from 'vitest';
import type { Rtc } from '../visit';

interface Cell<T> extends Readable<T> {
  set(next: T): void;
}

function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const redrawn = new Set<ReturnType<typeof setInterval>>();
// What a test draws ends with it: dozens of canvases slow down whoever comes after.
afterEach(() => {
  for (const timer of redrawn) clearInterval(timer);
  redrawn.clear();
});

function keepDrawing(draw: () => void, everyMs: number): void {
  draw();
  redrawn.add(setInterval(draw, everyMs));
}

/** A moving picture of one colour with a face, so that a test and an eye can tell whose it is. */
export function picture(colour: string, skin = '#e8c4a0'): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext('2d');
  const draw = (): void => {
    if (!pen) return;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = 'rgb(0 0 0 / .35)';
    pen.beginPath();
    pen.ellipse(320, 400, 190, 150, 0, 0, Math.PI * 2);
    pen.fill();
    pen.fillStyle = skin;
    pen.beginPath();
    pen.arc(320, 180 + 2 * Math.sin(performance.now() / 300), 90, 0, Math.PI * 2);
    pen.fill();
  };
  keepDrawing(draw, 100);
  const [track] = canvas.captureStream(10).getVideoTracks();
  if (!track) throw new Error('A canvas gives one track.');
  return track;
}

/** A page of a document, as shared screens mostly are. */
export function documentPicture(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1_280, 720];
  const pen = canvas.getContext('2d');
  const draw = (): void => {
    if (!pen) return;
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, 1_280, 720);
    pen.fillStyle = '#1e1c19';
    pen.font = '600 40px sans-serif';
    pen.fillText('Winter release', 80, 120);
    for (let line = 0; line < 8; line++) {
      pen.fillStyle = ['#a9c7b8', '#e8c76a', '#e3a58c', '#b9c9d6'][line % 4] ?? '#ccc';
      pen.fillRect(80 + line * 60, 180 + line * 56, 420, 32);
    }
  };
  keepDrawing(draw, 200);
  const [track] = canvas.captureStream(5).getVideoTracks();
  if (!track) throw new Error('A canvas gives one track.');
  return track;
}

const device = (kind: MediaDeviceKind, deviceId: string, label: string): MediaDeviceInfo => ({
  kind,
  deviceId,
  label,
  groupId: '',
  toJSON: () => ({}),
});

export interface FakeLocal extends LocalMedia {
  readonly state: Cell<LocalMediaState>;
  set(change: Partial<LocalMediaState>): void;
  capture(source: Source, capture: Capture): void;
  speak(level: number): void;
}

export function fakeLocal(): FakeLocal {
  const levels = new Set<(level: number) => void>();
  const camera = picture('#d8cdbb');
  const on = (track: MediaStreamTrack): Capture => ({ status: 'on', track, muted: false });
  const state = cell<LocalMediaState>({
    captures: {
      microphone: on(camera),
      camera: on(camera),
      screen: { status: 'off' },
      'screen-audio': { status: 'off' },
    },
    wanted: { microphone: true, camera: true },
    devices: {
      cameras: [device('videoinput', 'c1', 'FaceTime HD Camera'), device('videoinput', 'c2', 'Studio Camera')],
      microphones: [device('audioinput', 'm1', 'MacBook Pro Microphone')],
      speakers: [device('audiooutput', 's1', 'Headphones (WH-1000XM5)')],
    },
    chosen: { camera: 'c1', microphone: 'm1', speaker: 's1' },
    facing: 'user',
  });
  const set = (change: Partial<LocalMediaState>): void => state.set({ ...state.get(), ...change });
  const capture = (source: Source, next: Capture): void =>
    set({ captures: { ...state.get().captures, [source]: next } });
  const release = (): void => {
    for (const source of SOURCES) capture(source, { status: 'off' });
  };
  return {
    state,
    set,
    capture,
    speak: (level) => levels.forEach((listener) => listener(level)),
    setWanted(wanted) {
      set({ wanted: { ...state.get().wanted, ...wanted } });
      if (wanted.camera !== undefined) capture('camera', wanted.camera ? on(camera) : { status: 'off' });
      if (wanted.microphone !== undefined)
        capture('microphone', { status: 'on', track: camera, muted: !wanted.microphone });
    },
    choose: (kind, id) => set({ chosen: { ...state.get().chosen, [kind]: id } }),
    flipCamera: () => set({ facing: state.get().facing === 'user' ? 'environment' : 'user' }),
    shareScreen: () => Promise.resolve(capture('screen', on(documentPicture()))),
    stopSharing: () => capture('screen', { status: 'off' }),
    canShareScreen: true,
    onLevel(listener) {
      levels.add(listener);
      return () => void levels.delete(listener);
    },
    onNotice: () => () => undefined,
    release,
    close: release,
  };
}

export interface FakePerson {
  readonly id: string;
  readonly name: string;
  readonly role?: Role;
  readonly guest?: boolean;
  readonly colour?: string | null;
  readonly muted?: boolean;
}

export const YOU = 'you-sofia-almeida';

/** What a test asked for, so that it can see that the room was told. */
export interface Asked {
  readonly name: string;
  readonly argument: unknown;
}

/** A room in memory: its state is made by the protocol's own `apply`. */
export interface FakeRoom {
  readonly session: RoomSession;
  readonly local: FakeLocal;
  readonly rtc: Rtc;
  readonly asked: readonly Asked[];
  /** Refuses the next command. */
  refuseNext(refusal: Refusal): void;
  /** Lets the next attempt to share the screen fail. */
  failShare(error: RtcError): void;
  view(change: Partial<RoomView>): void;
  progress(progress: RecordingProgress): void;
  happens(event: RoomEvent): void;
  notices(notice: Notice): void;
  /** What stands in the way before one joins. */
  atDoor(trouble: RtcError | Refusal | null): void;
  joins(person: FakePerson): void;
  shares(id: string): void;
  speaks(id: string, level: number): void;
}

const START = Date.UTC(2026, 10, 24, 9, 22, 0);

export function fakeRoom({
  name = 'Sofia Almeida',
  role = 'host',
  title = 'Design review',
}: { name?: string; role?: Role; title?: string } = {}): FakeRoom {
  const local = fakeLocal();
  const asked: Asked[] = [];
  const noticeListeners = new Set<(notice: Notice) => void>();
  const levelListeners = new Map<string, Set<(level: number) => void>>();
  const atDoor = cell<RtcError | Refusal | null>(null);
  let refusal: Refusal | null = null;
  let shareError: RtcError | null = null;
  let clock = START;
  let room: RoomState = openedState({
    revision: 1,
    at: START,
    event: {
      type: 'opened',
      meeting: 'meeting-1',
      session: 'session-1',
      epoch: 'epoch-01',
      settings: { version: 1, title, maxParticipants: 8 },
    },
  });
  const view = cell<RoomView>({
    phase: { name: 'joining' },
    you: null,
    room: null,
    clockOffset: 0,
    iceServers: [],
    links: new Map(),
    arrivals: new Map(),
    playbackRefused: false,
    recorder: { status: 'idle' },
  });
  const progress = cell<RecordingProgress>({ recordedMs: 0, recordedBytes: 0, uploadedBytes: 0 });
  const change = (next: Partial<RoomView>): void => view.set({ ...view.get(), ...next });
  const notices = (notice: Notice): void => noticeListeners.forEach((listener) => listener(notice));
  const happens = (event: RoomEvent): void => {
    clock += 1_000;
    room = apply(room, { revision: room.revision + 1, at: clock, event });
    change({ room });
    notices({ type: 'event', event, at: clock });
  };
  const person = ({ id, name, role = 'participant', guest = false, muted, colour }: FakePerson): Participant => ({
    id,
    name,
    role,
    guest,
    presence: { status: 'here', instance: `instance-${id}` },
    joinedAt: clock + 1_000,
    publications: { microphone: { muted: muted ?? false }, camera: { muted: colour === null } },
    handRaisedAt: null,
  });
  const command = (name: string, argument: unknown, event?: RoomEvent): Promise<Result<unknown>> => {
    asked.push({ name, argument });
    const no = refusal;
    refusal = null;
    if (no) return Promise.resolve({ ok: false, refusal: no });
    if (event) happens(event);
    return Promise.resolve(accept({}));
  };
  let messages = 0;

  const session: RoomSession = {
    view,
    local,
    onNotice(listener) {
      noticeListeners.add(listener);
      return () => void noticeListeners.delete(listener);
    },
    onLevel(id, listener) {
      const set = levelListeners.get(id) ?? new Set();
      levelListeners.set(id, set.add(listener));
      return () => void set.delete(listener);
    },
    recordingProgress: progress,
    chat(text, id = `message-own-${messages++}`) {
      asked.push({ name: 'chat-id', argument: id });
      if (room.chat.some((message) => message.id === id)) return command('chat', text);
      return command('chat', text, {
        type: 'chat-sent',
        message: { id, from: YOU, name, text, at: clock + 1_000 },
      });
    },
    setHand: (raised) => command('setHand', raised, { type: 'hand-set', participant: YOU, raised }),
    react: (reaction: Reaction) => command('react', reaction, { type: 'reacted', participant: YOU, reaction }),
    async shareScreen(options) {
      const error = shareError;
      shareError = null;
      if (error) return { ok: false, error };
      await local.shareScreen();
      await command('shareScreen', options, { type: 'published', participant: YOU, source: 'screen', muted: false });
      return { ok: true };
    },
    async stopSharing() {
      local.stopSharing();
      await command('stopSharing', null, { type: 'unpublished', participant: YOU, source: 'screen' });
    },
    muteParticipant: (participant, source) =>
      command('muteParticipant', participant, { type: 'muted-set', participant, source, muted: true, by: YOU }),
    removeParticipant: (participant) =>
      command('removeParticipant', participant, { type: 'left', participant, why: 'removed', by: YOU }),
    startRecording(destination: TakeDestination) {
      change({ recorder: { status: 'recording', take: 'take-0001', destination } });
      return command('startRecording', destination, {
        type: 'take-started',
        take: 'take-0001',
        by: YOU,
        destination,
      });
    },
    stopRecording() {
      change({ recorder: { status: 'idle' } });
      return command('stopRecording', null, { type: 'take-stopped', take: 'take-0001', why: 'stopped' });
    },
    noticeShown: () => void asked.push({ name: 'noticeShown', argument: room.take?.id }),
    takeSeat() {
      asked.push({ name: 'takeSeat', argument: null });
      change({ phase: { name: 'connected' }, room });
    },
    resumePlayback: () => change({ playbackRefused: false }),
    show: (tiles) => void asked.push({ name: 'show', argument: tiles }),
    diagnostics: () => Promise.resolve('{}'),
    endForAll: () => command('endForAll', null),
    leave() {
      asked.push({ name: 'leave', argument: null });
      if (view.get().phase.name !== 'left') change({ phase: { name: 'left', why: { type: 'left' } }, room: null });
      return Promise.resolve();
    },
  };

  return {
    session,
    local,
    asked,
    rtc: {
      openLocalMedia({ remembered }) {
        asked.push({ name: 'openLocalMedia', argument: remembered?.wanted });
        return local;
      },
      readyRoom: () => ({ trouble: atDoor, close: () => undefined }),
      joinRoom(_ready, who) {
        asked.push({ name: 'joinRoom', argument: who.name });
        if (!(YOU in room.participants)) happens({ type: 'joined', participant: person({ id: YOU, name, role }) });
        change({ phase: { name: 'connected' }, you: YOU, room });
        return session;
      },
    },
    atDoor: (trouble) => atDoor.set(trouble),
    refuseNext(next) {
      refusal = next;
    },
    failShare(error) {
      shareError = error;
    },
    view: change,
    progress: (next) => progress.set(next),
    happens,
    notices,
    joins(who) {
      happens({ type: 'joined', participant: person(who) });
      if (who.colour) change({ arrivals: new Map(view.get().arrivals).set(`${who.id}/camera`, picture(who.colour)) });
    },
    shares(id) {
      happens({ type: 'published', participant: id, source: 'screen', muted: false });
      change({ arrivals: new Map(view.get().arrivals).set(`${id}/screen`, documentPicture()) });
    },
    speaks: (id, level) => levelListeners.get(id)?.forEach((listener) => listener(level)),
  };
}
