import { type Result, refuse } from '@parley/protocol/refusal';
import type { ParticipantId, Reaction, RoomEvent, Source, TakeDestination } from '@parley/protocol/room-state';
import { createDemand } from './demand';
import { diagnose } from './diagnostics';
import { type ReadyRoom, doorOf } from './door';
import { RtcError } from './errors';
import { createLevels } from './levels';
import type { LocalMedia } from './local-media';
import { createPlayback } from './playback';
import type { RecordingProgress } from './recording-port';
import { type LeftWhy, type RoomView, emptyView, mediaKey } from './room-view';
import { type Stay, openStay } from './stay';
import { type Readable, createStore } from './store';
import { createTakes } from './takes';

type Done = Promise<Result<unknown>>;
/** What began in this browser ends here as well: it fails by an error of ours, never by a refusal of the room. */
type ShareResult = { readonly ok: true } | { readonly ok: false; readonly error: RtcError };

/** What passes and leaves no trace in the view: for toasts and sounds. */
export type Notice =
  | { readonly type: 'event'; readonly event: RoomEvent; readonly at: number }
  | { readonly type: 'back' } // signaling resumed
  | { readonly type: 'silence'; readonly device: string } // 5 s of digital silence while unmuted
  | { readonly type: 'speaking-while-muted' };

/** One stay in a room. Commands resolve with the room's answer and never throw; after `leave` they are refused. */
export interface RoomSession {
  readonly view: Readable<RoomView>;
  readonly local: LocalMedia;
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Speech level of a participant, 0..1, about ten times a second; written to the DOM directly, never into a store. */
  onLevel(participant: ParticipantId, listener: (level: number) => void): () => void;
  recordingProgress: Readable<RecordingProgress>;

  /** `id`: another attempt at the same message has the same one (a room's `opaqueId`), and adds nothing when the first arrived. */
  chat(text: string, id?: string): Done;
  setHand(raised: boolean): Done;
  react(reaction: Reaction): Done;
  /** Inside a click. Captures (the browser asks which screen); throws nothing: a cancelled picker is an ok. */
  shareScreen(options?: { soundOnly?: boolean }): Promise<ShareResult>;
  stopSharing(): Promise<void>;
  muteParticipant(participant: ParticipantId, source: Source): Done;
  removeParticipant(participant: ParticipantId): Done;
  startRecording(destination: TakeDestination): Done;
  stopRecording(): Done;
  /** The page shows the recording notice of the room's current take: confirms it to the room once. */
  noticeShown(): void;
  /** After `left: elsewhere`: take the seat back to this tab. */
  takeSeat(): void;
  /** Inside a click: plays what the browser refused to play. */
  resumePlayback(): void;
  /** Which tiles are shown and how large (CSS pixels high); others are not asked for. */
  show(tiles: ReadonlyMap<`${ParticipantId}/${Source}`, number>): void;
  /** The last 500 log entries and stats as JSON text, without secrets. */
  diagnostics(): Promise<string>;
  endForAll(): Done;
  /** Idempotent. Frees everything but `local`, which belongs to the caller. */
  leave(): Promise<void>;
}

/**
 * Joins the room made ready. Call it inside the click, so that the browser lets sound begin. `name` is what a guest typed; a user's
 * name comes from the ticket. May be called again after the session was left.
 */
export function joinRoom(ready: ReadyRoom, { name }: { name?: string } = {}): RoomSession {
  const door = doorOf(ready);
  const { options, parts, flight } = door;
  const { platform } = parts;
  const { local } = options;
  const view = createStore<RoomView>({ ...emptyView, phase: { name: 'joining' } });
  const notices = new Set<(notice: Notice) => void>();
  const notify = (notice: Notice): void => {
    for (const listener of [...notices]) listener(notice);
  };
  let stay: Stay | null = null;
  let leaving: Promise<void> | null = null;

  const send: Stay['send'] = (command, request) =>
    stay?.send(command, request) ?? Promise.resolve(refuse('not-joined', 'The session is over.'));

  const playback = createPlayback({
    open: () => parts.openAudio(),
    stream: (track) => platform.createMediaStream([track]),
    logger: flight,
    onRefused: (playbackRefused) => view.update((now) => ({ ...now, playbackRefused })),
  });
  const levels = createLevels({
    track: (participant) => view.get().arrivals.get(mediaKey(participant, 'microphone')),
    muted: (participant) => view.get().room?.participants[participant]?.publications.microphone?.muted !== false,
    openMeter: () => parts.openMeter(platform),
    platform,
    logger: flight,
  });
  const takes = createTakes({
    openTake: (destination) => options.openTake(destination),
    saveFile: (file, name) => options.saveFile(file, name),
    view,
    local,
    open: (recorder) => parts.openRecorder(recorder),
    send,
    setRecorder(recorder) {
      view.update((now) => ({ ...now, recorder }));
      demand.update();
    },
    platform,
    logger: flight,
  });
  const demand = createDemand(view, (wanted) => stay?.want(wanted));

  const onChange = (): void => {
    playback.play(view.get().arrivals);
    takes.reconcile();
    demand.update();
  };

  const clear = (why: LeftWhy): void => {
    stay = null;
    void takes.finish();
    view.update((now) => ({
      ...emptyView,
      you: now.you,
      phase: { name: 'left', why },
      recorder: now.recorder,
    }));
    playback.play(new Map());
    flight.info('Left', { why });
  };

  const sit = (): void => {
    let gone: LeftWhy | null = null;
    const next = openStay({
      parts,
      ...door.enter(),
      name,
      local,
      iceTransportPolicy: options.iceTransportPolicy,
      logger: flight,
      view,
      onChange,
      onEvents(events) {
        for (const { event, at } of events) notify({ type: 'event', event, at });
      },
      onBack: () => notify({ type: 'back' }),
      onLeft(why) {
        gone = why;
        clear(why);
      },
    });
    if (gone) return;
    stay = next;
    demand.renew();
  };

  const begin = (): void => {
    view.update(({ recorder }) => ({ ...emptyView, phase: { name: 'joining' }, recorder }));
    sit();
  };

  const wake = (): void => stay?.wake();
  const stops = [
    local.state.subscribe(() => playback.setSpeaker(local.state.get().chosen.speaker)),
    local.onNotice(notify),
    parts.page.on('online', wake),
    parts.page.on('visible', wake),
    parts.page.on('hide', () => void stay?.leave('unload')),
    parts.page.on('restore', () => {
      if (!leaving && view.get().phase.name !== 'left') begin();
    }),
  ];
  playback.setSpeaker(local.state.get().chosen.speaker);
  sit();

  const leave = async (): Promise<void> => {
    // The last slices need the tracks that leaving ends.
    await takes.finish();
    for (const stop of stops) stop();
    const farewell = stay?.leave('left');
    if (view.get().phase.name !== 'left') clear({ type: 'left' });
    levels.close();
    playback.close();
    await farewell;
  };

  return {
    view,
    local,
    recordingProgress: takes.progress,
    onNotice(listener) {
      notices.add(listener);
      return () => void notices.delete(listener);
    },
    onLevel: (participant, listener) =>
      participant === view.get().you ? local.onLevel(listener) : levels.on(participant, listener),
    chat: (text, id = platform.randomId()) => send('chat', { id, text }),
    setHand: (raised) => send('set-hand', { raised }),
    react: (reaction) => send('react', { reaction }),
    async shareScreen(share) {
      try {
        await local.shareScreen(share);
        return { ok: true };
      } catch (cause) {
        const error = cause instanceof RtcError ? cause : new RtcError('screen-share-failed', { cause });
        if (error.code === 'screen-share-cancelled') return { ok: true };
        flight.warn('Screen not shared', { error });
        return { ok: false, error };
      }
    },
    stopSharing() {
      local.stopSharing();
      return Promise.resolve();
    },
    muteParticipant: (participant, source) => send('mute-participant', { participant, source }),
    removeParticipant: (participant) => send('remove-participant', { participant }),
    startRecording: (destination) => takes.start(destination),
    stopRecording: () => takes.stop(),
    noticeShown: () => takes.noticeShown(),
    takeSeat() {
      const { phase } = view.get();
      if (!leaving && phase.name === 'left' && phase.why.type === 'elsewhere') begin();
    },
    resumePlayback: () => playback.resume(),
    show: (tiles) => demand.show(tiles),
    diagnostics: () => diagnose(view.get(), flight, () => stay?.stats() ?? Promise.resolve([]), platform.now()),
    endForAll: () => send('end-room', {}),
    leave: () => (leaving ??= leave()),
  };
}
