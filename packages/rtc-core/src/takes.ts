import type { CommandName, CommandReply, CommandRequest } from '@parley/protocol/commands';
import type { OpenTakeReply } from '@parley/protocol/recording';
import { type Result, accept, refuse } from '@parley/protocol/refusal';
import type { TakeDestination } from '@parley/protocol/room-state';
import type { LocalMedia } from './local-media';
import type { Logger } from './logger';
import type { Platform } from './platform';
import type { Recorder, RecorderOptions, RecordingProgress } from './recording-port';
import type { RecorderState, RoomView } from './room-view';
import { type Readable, createStore } from './store';

/** Leaving does not wait longer than this for a disk that does not answer, ms. */
const FLUSH_MS = 5_000;
const NOTHING: RecordingProgress = { recordedMs: 0, recordedBytes: 0, uploadedBytes: 0 };

/** Starts and stops what this browser records, in step with the room's take. */
export interface Takes {
  readonly progress: Readable<RecordingProgress>;
  start(destination: TakeDestination): Promise<Result<unknown>>;
  /** Ends the room's take, whoever records it. */
  stop(): Promise<Result<unknown>>;
  /** The recording notice of the room's current take is on screen here. */
  noticeShown(): void;
  /** After each change of the view: the room may have ended our take. */
  reconcile(): void;
  /** The stay is over: resolves when the last slice is safe; the upload goes on. */
  finish(): Promise<void>;
}

interface Running {
  readonly take: string;
  readonly recorder: Recorder;
}

const records = ({ recorder }: Running): boolean => ['starting', 'recording'].includes(recorder.state.get().status);

export function createTakes(options: {
  openTake: (destination: TakeDestination) => Promise<Result<OpenTakeReply>>;
  saveFile: RecorderOptions['saveFile'];
  view: Readable<RoomView>;
  local: LocalMedia;
  open(options: RecorderOptions): Promise<Recorder>;
  send: <N extends CommandName>(name: N, request: CommandRequest<N>) => Promise<Result<CommandReply<N>>>;
  setRecorder: (state: RecorderState) => void;
  platform: Platform;
  logger: Logger;
}): Takes {
  const { view, send, setRecorder, platform } = options;
  const progress = createStore(NOTHING);
  let starting: { cancelled: boolean } | null = null;
  /** The newest take recorded here. One that is only on its way to the server may have another after it. */
  let running: Running | null = null;
  /** The take whose end is being told to the room. */
  let ending: { readonly take: string; readonly answer: Promise<Result<unknown>> } | null = null;
  /** The take whose notice is on screen. */
  let shown: string | null = null;
  /** The take whose notice is being told to the room. */
  let telling: string | null = null;
  /** The takes that the room has shown as its current one: one of ours among them that it shows no more was ended. */
  const seen = new Set<string>();

  const end = (take: string): Promise<Result<unknown>> => {
    if (ending?.take === take) return ending.answer;
    const answer = send('stop-take', { take });
    const mine = { take, answer };
    ending = mine;
    // Unanswered, it is told again after the next change.
    void answer.then(() => {
      if (ending === mine) ending = null;
    });
    return answer;
  };

  const unreachable = (error: unknown): Result<never> => {
    options.logger.warn('Recording not started', { reason: String(error) });
    return refuse('web-unreachable');
  };

  /** No take came of the attempt, and `answer` says so: shown is again the one before that is still on its way, if any. */
  const givenUp = <T>(answer: T): T => {
    setRecorder(running?.recorder.state.get() ?? { status: 'idle' });
    progress.set(running?.recorder.progress.get() ?? NOTHING);
    return answer;
  };

  const begin = async (destination: TakeDestination, attempt: { cancelled: boolean }): Promise<Result<unknown>> => {
    let opened;
    try {
      opened = await options.openTake(destination);
    } catch (error) {
      return givenUp(unreachable(error));
    }
    if (!opened.ok) return givenUp(opened);
    const { take, account, permit, upload } = opened.value;
    const started = await send('start-take', { permit });
    // The answer to a first try may have been lost: then the room's take is ours already.
    if (!started.ok && view.get().room?.take?.id !== take) return givenUp(started);
    if (attempt.cancelled) return givenUp(end(take));
    try {
      const recorder = await options.open({
        take,
        destination,
        ...(account && { account }),
        ...(upload && { upload }),
        view,
        local: options.local,
        saveFile: (file, name) => options.saveFile(file, name),
        platform,
        logger: options.logger.with({ take }),
        title: view.get().room?.settings.title ?? '',
      });
      follow({ take, recorder });
    } catch (error) {
      // It is loaded when it is needed first, and reports by its state whatever fails after that.
      void end(take);
      return givenUp(unreachable(error));
    }
    if (attempt.cancelled) void stop();
    return accept({ take });
  };

  const follow = (now: Running): void => {
    running = now;
    const { recorder, take } = now;
    const copyProgress = (): void => {
      if (running === now) progress.set(recorder.progress.get());
    };
    const copyState = (): void => {
      const state = recorder.state.get();
      if (running === now) setRecorder(state);
      if (!['done', 'failed', 'idle'].includes(state.status)) return;
      stopState();
      stopProgress();
      copyProgress();
      if (running === now) running = null;
      // Nobody else may go on reading that they are recorded.
      if (state.status === 'failed' && view.get().room?.take?.id === take) void end(take);
    };
    const stopProgress = recorder.progress.subscribe(copyProgress);
    const stopState = recorder.state.subscribe(copyState);
    copyProgress();
    copyState();
    reconcile();
  };

  const reconcile = (): void => {
    const { room, you, phase } = view.get();
    const take = room?.take?.id ?? null;
    if (take) seen.add(take);
    if (running && room && take !== running.take && seen.has(running.take)) void running.recorder.stop();
    // Our take, and nobody records it: the page that did was reloaded, or gave its seat to this one.
    if (take && phase.name === 'connected' && room?.take?.by === you && !starting) {
      if (running?.take !== take || !records(running)) void end(take);
    }
    const told = telling === take || (you && room?.take?.noticed.includes(you));
    if (!take || shown !== take || told || phase.name !== 'connected') return;
    telling = take;
    void send('notice-take', { take }).then((answer) => {
      // Taken back when this page lost its seat in between: it is told again then.
      if (telling === take) telling = null;
      if (!answer.ok) options.logger.warn('Recording notice not confirmed', { refusal: answer.refusal });
    });
  };

  const stop = async (): Promise<Result<unknown>> => {
    if (starting) starting.cancelled = true;
    const take = view.get().room?.take?.id ?? running?.take;
    if (running) void running.recorder.stop();
    return take ? end(take) : accept({});
  };

  return {
    progress,
    async start(destination) {
      if (starting || (running && records(running))) return refuse('already-recording');
      starting = { cancelled: false };
      progress.set(NOTHING);
      setRecorder({ status: 'starting' });
      try {
        return await begin(destination, starting);
      } finally {
        starting = null;
      }
    },
    stop,
    noticeShown() {
      shown = view.get().room?.take?.id ?? null;
      reconcile();
    },
    reconcile,
    async finish() {
      if (starting) starting.cancelled = true;
      const mine = running;
      if (!mine) return;
      await Promise.race([mine.recorder.stop(), new Promise<void>((done) => platform.setTimeout(done, FLUSH_MS))]);
      // Sent before the `leave` that follows; the room ends a take without a recorder by itself should it not arrive.
      if (view.get().room?.take?.id === mine.take) void end(mine.take);
    },
  };
}
