import { open as openFile, rename, rm, type FileHandle } from 'node:fs/promises';
import {
  apply,
  type LoggedEvent,
  loggedEvent,
  openedState,
  type RoomEvent,
  type RoomState,
  roomStateSchema,
} from '@parley/protocol/room-state';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from './clock';

/** A disk that refuses is asked again after this long. */
const RETRY_MS = 500;
/** An offset is remembered for each so many events, so that reading from the middle need not begin at the start. */
const MARK_EVERY = 256;

const firstLine = z.union([loggedEvent, z.object({ snapshot: roomStateSchema })]);
type FirstLine = z.infer<typeof firstLine>;

/** The file holds what no room wrote, or nothing. */
export class DamagedLog extends Error {
  override readonly name = 'DamagedLog';
}

interface Batch {
  readonly text: string;
  readonly events: readonly LoggedEvent[];
  readonly written: () => void;
}

export interface RoomLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told when the disk refuses (with why) and when it takes writes again (null). */
  readonly onHealth: (failure: string | null) => void;
}

/**
 * The append-only file of one room session: one event a line, in order. What `written` was called for
 * survives SIGKILL. Writes that come while one is under way go out together (group commit). A disk that
 * refuses holds the queue up; nothing is dropped and nothing is acknowledged meanwhile.
 */
export class RoomLog {
  #handle: FileHandle | null = null;
  #queue: Batch[] = [];
  #pumping: Promise<void> | null = null;
  #failing = false;
  /** Who waits for everything to be written hears when the disk refuses, or nothing is written any more. */
  #onRefused = new Set<() => void>();
  #closed = false;
  /** Length of the file in bytes, up to the last whole line. */
  #bytes = 0;
  /** Length of the snapshot it begins with. */
  #snapshotBytes = 0;
  #last = 0;
  #first = 1;
  /** Byte offset at or before event number `revision`, ascending. */
  #marks: { revision: number; offset: number }[] = [];

  constructor(
    readonly path: string,
    private readonly options: RoomLogOptions,
  ) {}

  /** Number of the last event on disk. */
  get revision(): number {
    return this.#last;
  }
  /** Longer than `bytes`, and so much longer than its snapshot that another one is worth its writing. */
  isLong(bytes: number): boolean {
    return this.#bytes > Math.max(bytes, 2 * this.#snapshotBytes);
  }
  /** The disk refuses; commands that change the room are held up. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Calls `written` when `events` are in the file, in the order of the calls. Empty `events`: when all before are. */
  append(events: readonly LoggedEvent[], written: () => void): void {
    if (events.length === 0 && this.#queue.length === 0 && !this.#pumping) return written();
    this.#queue.push({ text: events.map((event) => `${JSON.stringify(event)}\n`).join(''), events, written });
    this.#pump();
  }

  /** Up to `limits.events` events and about `limits.bytes` bytes, beginning with number `from`. */
  async read(from: number, limits: { events: number; bytes: number }): Promise<LoggedEvent[]> {
    if (from > this.#last || from < this.#first) return [];
    const mark = this.#marks.findLast((m) => m.revision <= from) ?? { revision: this.#first, offset: 0 };
    const handle = await openFile(this.path, 'r');
    const events: LoggedEvent[] = [];
    let size = 0;
    try {
      for await (const { text } of linesOf(handle, mark.offset, this.#bytes)) {
        const parsed = firstLine.parse(JSON.parse(text));
        if ('snapshot' in parsed || parsed.revision < from) continue;
        if (parsed.revision > this.#last) break;
        events.push(parsed);
        size += text.length;
        if (events.length >= limits.events || size >= limits.bytes) break;
      }
    } finally {
      await handle.close();
    }
    return events;
  }

  /** Brings what is written onto the disk itself, so that it also survives a power cut. */
  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  /** Replaces the file by a snapshot of `state`, which must be the state after the last event. Does nothing while writes are under way. */
  async compact(state: RoomState): Promise<void> {
    if (this.#pumping || this.#closed || state.revision !== this.#last) return;
    this.#pumping = this.#compact(state).finally(() => this.#rest());
    await this.#pumping;
  }

  /** Resolves when everything appended before is in the file: true. False when the disk refuses or the log is closed before. */
  async flushed(): Promise<boolean> {
    if (this.#failing || this.#closed) return false;
    return new Promise((resolve) => {
      const refused = () => resolve(false);
      this.#onRefused.add(refused);
      this.append([], () => {
        this.#onRefused.delete(refused);
        resolve(true);
      });
    });
  }

  /** Stops writing: what is still queued is dropped unacknowledged. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue = [];
    this.#refuse();
    await this.#release();
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  #pump(): void {
    if (this.#pumping || this.#closed || this.#queue.length === 0) return;
    this.#pumping = this.#write().finally(() => this.#rest());
  }

  #rest(): void {
    this.#pumping = null;
    this.#pump();
  }

  async #write(): Promise<void> {
    const batches = this.#queue;
    this.#queue = [];
    const data = Buffer.from(batches.map((batch) => batch.text).join(''));
    while (!(await this.#tried(data))) {
      await this.#nap(RETRY_MS);
      if (this.#closed) return;
    }
    for (const batch of batches) {
      // The start of the batch, not of the event: reading skips what is before.
      for (const { revision } of batch.events)
        if (revision % MARK_EVERY === 0) this.#marks.push({ revision, offset: this.#bytes });
      this.#last = batch.events.at(-1)?.revision ?? this.#last;
      this.#bytes += Buffer.byteLength(batch.text);
      try {
        batch.written();
      } catch (error) {
        this.options.logger.error({ err: error }, 'what follows a write failed');
      }
    }
  }

  /** Writes `data` after the last whole line. A half-written try is overwritten by the next. */
  async #tried(data: Buffer): Promise<boolean> {
    try {
      this.#handle ??= await openFile(this.path, 'r+').catch(() => openFile(this.path, 'w+', 0o600));
      if (this.#closed) {
        await this.#release();
        return false;
      }
      let done = 0;
      while (done < data.length)
        done += (await this.#handle.write(data, done, data.length - done, this.#bytes + done)).bytesWritten;
      if (this.#failing) this.options.onHealth(null);
      this.#failing = false;
      return true;
    } catch (error) {
      if (this.#closed) return false;
      if (!this.#failing) {
        this.options.logger.error({ err: error }, 'the room log cannot be written');
        this.options.onHealth(error instanceof Error ? error.message : String(error));
      }
      this.#failing = true;
      this.#refuse();
      return false;
    }
  }

  #refuse(): void {
    for (const refused of this.#onRefused) refused();
    this.#onRefused.clear();
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close().catch(() => undefined);
  }

  async #compact(state: RoomState): Promise<void> {
    const text = `${JSON.stringify({ snapshot: state } satisfies FirstLine)}\n`;
    const part = `${this.path}.part`;
    let handle: FileHandle | null = null;
    try {
      handle = await openFile(part, 'w+', 0o600);
      await handle.writeFile(text);
      await handle.datasync();
      await rename(part, this.path);
      await this.#release();
      this.#handle = handle;
      if (this.#closed) await this.#release();
    } catch (error) {
      this.options.logger.error({ err: error }, 'the room log cannot be shortened');
      await handle?.close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      return;
    }
    this.#marks = [];
    this.#beginWith(state, Buffer.byteLength(text));
  }

  /** The file is the snapshot of `state`, of so many bytes, and nothing else: whoever reads events passes over it. */
  #beginWith(state: RoomState, bytes: number): void {
    this.#bytes = this.#snapshotBytes = bytes;
    this.#first = state.revision + 1;
    this.#marks.push({ revision: this.#first, offset: bytes });
  }

  #nap(ms: number): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(ms, resolve));
  }

  /**
   * Opens the file of a session that an earlier run wrote and reads it back. A last line that is torn, because
   * the process was killed while writing it, was never acknowledged and is cut off.
   * @param follow hears every event that is still in it; those that a snapshot stands for are not
   * @throws DamagedLog when the file is damaged before its last line, or holds nothing; what the disk throws
   */
  static async replay(
    path: string,
    options: RoomLogOptions,
    follow: (event: RoomEvent) => void = () => undefined,
  ): Promise<{ log: RoomLog; state: RoomState }> {
    const log = new RoomLog(path, options);
    const handle = await openFile(path, 'r+');
    try {
      let state: RoomState | null = null;
      for await (const { text, start, end } of linesOf(handle, 0)) {
        const line = asWritten(() => firstLine.parse(JSON.parse(text)));
        state = asWritten(() => ('snapshot' in line ? line.snapshot : state ? apply(state, line) : openedState(line)));
        if (!('snapshot' in line)) follow(line.event);
        if ('snapshot' in line) log.#beginWith(state, end);
        else if (line.revision % MARK_EVERY === 0) log.#marks.push({ revision: line.revision, offset: start });
        log.#last = state.revision;
        log.#bytes = end;
      }
      if (!state) throw new DamagedLog('The room log holds no whole line.');
      await handle.truncate(log.#bytes);
      log.#handle = handle;
      return { log, state };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

/** @throws DamagedLog when what a line says makes no sense */
function asWritten<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new DamagedLog('A line of the room log makes no sense.', { cause });
  }
}

/**
 * The whole lines of a file between two offsets, each with the offsets of its start and of the next. Only the byte 0x0a ends a
 * line: readline ends one at U+2028 and U+2029 as well, which JSON leaves in texts as they are.
 */
async function* linesOf(
  handle: FileHandle,
  from: number,
  to = Infinity,
): AsyncGenerator<{ text: string; start: number; end: number }> {
  let start = from;
  let parts: Buffer[] = [];
  const chunks = handle.createReadStream({ start: from, end: to - 1, autoClose: false });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let begun = 0;
    for (let stop = chunk.indexOf(0x0a); stop >= 0; stop = chunk.indexOf(0x0a, begun)) {
      const line = Buffer.concat([...parts, chunk.subarray(begun, stop)]);
      const end = start + line.length + 1;
      yield { text: line.toString('utf8'), start, end };
      start = end;
      begun = stop + 1;
      parts = [];
    }
    parts.push(chunk.subarray(begun));
  }
}
