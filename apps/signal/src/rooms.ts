import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ParsedRequest } from '@parley/protocol/commands';
import { accept, refuse, type Result } from '@parley/protocol/refusal';
import {
  apply,
  type LoggedEvent,
  openedState,
  type ParticipantId,
  participantOf,
  type RoomEvent,
  type RoomSettings,
  type RoomState,
} from '@parley/protocol/room-state';
import type { Control } from '@parley/protocol/service-calls';
import type { TicketClaims } from '@parley/protocol/ticket';
import type { Logger } from 'pino';
import { BARRED_MS, Bars } from './bars';
import type { Clock } from './clock';
import { decide, ending, settlement } from './decide';
import { EnvironmentError } from './env';
import { Instances } from './instances';
import { cursorPath, Reports } from './reports';
import { type Occupant, Room } from './room';
import { DamagedLog, RoomLog, type RoomLogOptions } from './room-log';

/** A log that web knows in full is shortened to a snapshot when it is longer than this, bytes. */
const COMPACT_BYTES = 4 * 1_024 * 1_024;
/** A log that the disk does not give is asked for again after this long, ms. */
export const READ_AGAIN_MS = 2_000;
const SUFFIX = '.jsonl';
/** So many sessions that a host or web ended are remembered: who was away just then may come back hours later. */
const ENDED_KEPT = 1_000;

export interface RoomsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of the room logs. */
  readonly folder: string;
  readonly maxParticipants: number;
  readonly webUrl: string;
  readonly reportSecret: string;
  readonly broadcast: (session: string, events: readonly LoggedEvent[]) => void;
  /** A page of `participant` is connected, whether or not it has joined. */
  readonly isConnected: (meeting: string, participant: ParticipantId) => boolean;
  readonly compactBytes?: number;
}

const newId = (): string => randomBytes(12).toString('base64url');

/** The rooms of this server: opened by the first join, found by meeting, read back from their logs after a restart. */
export class Rooms {
  readonly reports: Reports;
  /** The open room of each meeting. */
  #open = new Map<string, Room>();
  /** Every session whose log is still here, the ended ones until web has heard everything. */
  #sessions = new Map<string, Room>();
  /** Sessions that a host or web ended and that are no longer among those above, oldest first. */
  #endedForAll = new Set<string>();
  #bars: Bars;
  /** Logs that cannot be written, by file, and why. */
  #failures = new Map<string, string>();
  /** Logs that the disk does not give now, and their meetings: nobody is seated there before what was has been read. */
  #unread = new Map<string, string>();
  #timers = new Set<() => void>();
  #stopping = false;

  private constructor(private readonly options: RoomsOptions) {
    this.#bars = new Bars(options.clock);
    this.reports = new Reports({
      clock: options.clock,
      logger: options.logger,
      webUrl: options.webUrl,
      secret: options.reportSecret,
      onStored: (session) => void this.#tidy(session),
      onGone: (session) => this.#end(session),
    });
  }

  /**
   * Reads back every room an earlier run left; their seats are away and kept for the grace period.
   * @throws EnvironmentError when DATA_DIR cannot be used
   */
  static async open(options: RoomsOptions): Promise<Rooms> {
    const rooms = new Rooms(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw new EnvironmentError(`DATA_DIR must be a folder that can be written: ${reasonOf(error)}`);
    });
    for (const name of await readdir(options.folder)) {
      const file = path.join(options.folder, name);
      if (name.endsWith('.part')) await rm(file, { force: true });
      else if (name.endsWith(SUFFIX)) await rooms.#restore(file);
    }
    return rooms;
  }

  get counts(): { rooms: number; participants: number } {
    const open = [...this.#open.values()].filter((room) => !room.state.ended);
    return { rooms: open.length, participants: open.reduce((sum, room) => sum + room.occupants.size, 0) };
  }

  /** Why the logs cannot be written; null when they can. */
  async failure(): Promise<string | null> {
    const known = this.#failure();
    if (known !== null) return known;
    const probe = path.join(this.options.folder, '.probe');
    return writeFile(probe, '').then(
      () => null,
      (error: unknown) => reasonOf(error),
    );
  }

  /** The room of `meeting` while somebody has a seat in it. */
  find(meeting: string): Room | undefined {
    const room = this.#open.get(meeting);
    if (!room?.state.ended) return room;
    this.#retire(room);
    return undefined;
  }

  /**
   * Seats `occupant`, opening the room when it is the first. `done` gets the state that holds the seat,
   * when it is on disk and every later event will be heard.
   */
  join(
    occupant: Occupant,
    claims: TicketClaims,
    request: ParsedRequest<'join'>,
    done: (state: RoomState) => void,
  ): Result<Room> {
    if (this.#failure() !== null) return refuse('internal', 'the room log cannot be written');
    if (this.#isUnread(claims.meeting)) return refuse('internal', 'the room log cannot be read');
    if (request.session !== undefined && this.#wasEnded(request.session)) return refuse('room-ended');
    const { now, maxParticipants } = { now: this.options.clock.now(), maxParticipants: this.options.maxParticipants };
    const found = this.find(claims.meeting);
    const room = found ?? this.#begin(claims.meeting, claims.settings);
    const superseded = room.instances.isSuperseded(claims.participant, request.instance);
    const entriesFrom = this.#bars.entriesFrom(claims.meeting);
    const question = { name: 'join' as const, request, claims: newestClaims(room, claims), superseded, entriesFrom };
    const decision = decide(room.state, claims.participant, question, { now, maxParticipants });
    if (!decision.ok) return decision;
    if (!found) {
      this.#open.set(claims.meeting, room);
      this.#sessions.set(room.state.session, room);
      this.reports.add(claims.meeting, room.state.session, room.log);
      room.logger.info('session opened');
    }
    room.seat(occupant, decision.events, done);
    return accept(room);
  }

  /** What web has decided outside the room. Resolves when it is on disk: true; false when the log cannot be read or written. */
  async control(control: Control): Promise<boolean> {
    this.#carryOut(control);
    // Also sessions that are over: what was decided by an earlier call, tried again, may still be on its way to the disk.
    const sessions = [...this.#sessions.values()].filter(({ state }) => state.meeting === control.meeting);
    const written = await Promise.all(sessions.map(({ log }) => log.flushed()));
    return !written.includes(false) && !this.#isUnread(control.meeting);
  }

  #carryOut(control: Control): void {
    const room = this.find(control.meeting);
    switch (control.type) {
      case 'settings-changed': {
        const { settings } = control;
        if (room && settings.version > room.state.settings.version)
          room.commit([{ type: 'settings-changed', settings }]);
        return;
      }
      case 'entries-from':
        this.#bars.setEntriesFrom(control.meeting, control.at);
        return;
      case 'end':
        room?.commit(ending(room.state, null));
        return;
    }
  }

  /** Writes down what is decided and stops. Seats are left as they are: the next start finds them. */
  async flush(): Promise<void> {
    this.#stopping = true;
    for (const room of this.#sessions.values()) room.stop();
    await Promise.all([...this.#sessions.values()].map((room) => room.log.flushed()));
  }

  async close(): Promise<void> {
    this.#stopping = true;
    this.reports.stop();
    for (const callOff of this.#timers) callOff();
    for (const room of this.#sessions.values()) room.stop();
    await Promise.all([...this.#sessions.values()].map((room) => room.log.close()));
  }

  #failure(): string | null {
    return this.#failures.values().next().value ?? null;
  }

  #begin(meeting: string, settings: RoomSettings): Room {
    const at = this.options.clock.now();
    const session = newId();
    const lines: LoggedEvent[] = [
      { revision: 1, at, event: { type: 'opened', meeting, session, epoch: newId(), settings } },
    ];
    let state = openedState(lines[0]!);
    for (const participant of this.#stillBarred(meeting)) {
      const event: RoomEvent = { type: 'left', participant, why: 'removed', by: null };
      lines.push({ revision: state.revision + 1, at, event });
      state = apply(state, lines.at(-1)!);
    }
    const file = path.join(this.options.folder, `${meeting}.${session}${SUFFIX}`);
    return this.#room(state, new RoomLog(file, this.#logOptions(file)), lines);
  }

  #isUnread(meeting: string): boolean {
    return [...this.#unread.values()].includes(meeting);
  }

  async #restore(file: string): Promise<void> {
    const instances = new Instances();
    let endedForAll = false;
    const follow = (event: RoomEvent): void => {
      instances.follow(event);
      endedForAll ||= event.type === 'left' && event.why === 'ended';
    };
    const replayed = await RoomLog.replay(file, this.#logOptions(file), follow).catch((error: unknown) =>
      this.#notRead(file, error),
    );
    if (!replayed) return;
    const { log, state } = replayed;
    if (this.#stopping) return log.close();
    const room = this.#room(state, log, [], instances);
    room.endedForAll = endedForAll;
    this.#sessions.set(state.session, room);
    // Before anything is written: a session without an account counts as reported, and its log would go.
    await this.reports.open(state.meeting, state.session, log);
    room.commit(settlement(state));
    // Files are read in no particular order: one that is over must not stand in for the one that goes on.
    if (!room.state.ended) {
      room.awaitReturn();
      const other = this.#open.get(state.meeting);
      if (!other || other.state.openedAt < state.openedAt) this.#open.set(state.meeting, room);
    }
    this.#unread.delete(file);
    room.logger.info({ revision: state.revision, seats: Object.keys(state.participants).length }, 'session restored');
    void this.#tidy(state.session);
  }

  async #notRead(file: string, error: unknown): Promise<void> {
    const name = path.basename(file);
    if (error instanceof DamagedLog) {
      // A damaged file must not keep the others from opening; it is put aside for whoever wants to look.
      this.options.logger.error({ err: error, file: name }, 'a room log is damaged and put aside');
      this.#unread.delete(file);
      return rename(file, `${file}.damaged`);
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      this.options.logger.warn({ file: name }, 'a room log that could not be read was moved away');
      this.#unread.delete(file);
      return;
    }
    if (this.#stopping) return;
    // A disk that cannot be read now, or too many open files: the log is good and its room must not be lost, nor keep the others waiting.
    if (!this.#unread.has(file)) this.options.logger.error({ err: error, file: name }, 'a room log cannot be read now');
    this.#unread.set(file, name.slice(0, name.lastIndexOf('.', name.length - SUFFIX.length - 1)));
    this.#after(READ_AGAIN_MS, () => {
      this.#restore(file).catch((failure: unknown) =>
        this.options.logger.error({ err: failure, file: name }, 'a room log could not be restored'),
      );
    });
  }

  #room(state: RoomState, log: RoomLog, unwritten: readonly LoggedEvent[] = [], instances = new Instances()): Room {
    const { clock, logger, broadcast, isConnected } = this.options;
    const onWritten = (room: Room): void => this.#written(room);
    return new Room(state, { clock, logger, log, broadcast, isConnected, onWritten }, unwritten, instances);
  }

  #logOptions(file: string): RoomLogOptions {
    return {
      clock: this.options.clock,
      logger: this.options.logger,
      onHealth: (failure) => {
        if (failure === null) this.#failures.delete(file);
        else this.#failures.set(file, failure);
      },
    };
  }

  #written(room: Room): void {
    if (room.written.ended) this.#retire(room);
    this.reports.nudge(room.state.session);
    // Nobody else looks again when no report is under way.
    if (room.written.ended) void this.#tidy(room.state.session);
  }

  /** The session is over: the next join opens another. */
  #retire(room: Room): void {
    if (this.#open.get(room.state.meeting) === room) this.#open.delete(room.state.meeting);
  }

  /** A host or web ended `session`: who comes back to it shall hear so, and not open the next. */
  #wasEnded(session: string): boolean {
    const room = this.#sessions.get(session);
    return this.#endedForAll.has(session) || (room !== undefined && room.state.ended && room.endedForAll);
  }

  /** Who was removed in a session that web has not heard to its end yet may still be given tickets. */
  #stillBarred(meeting: string): ReadonlySet<ParticipantId> {
    const unreported = [...this.#sessions.values()].filter(({ state }) => state.meeting === meeting);
    return new Set([...this.#bars.barred(meeting), ...unreported.flatMap(({ state }) => state.removed)]);
  }

  /** Web was not heard when it said so at the deletion of the meeting. While stopping it waits: the next start reports again. */
  #end(session: string): void {
    const room = this.#sessions.get(session);
    if (room && !room.state.ended && !this.#stopping) room.commit(ending(room.state, null));
  }

  /** Deletes the log of a session that is over and reported; shortens a long one that web knows in full. */
  async #tidy(session: string): Promise<void> {
    const room = this.#sessions.get(session);
    if (!room || !this.reports.isDone(session)) return;
    if (!room.written.ended) {
      // Not while stopping: the process may be gone before the file is whole.
      if (!this.#stopping && room.log.isLong(this.options.compactBytes ?? COMPACT_BYTES))
        await room.log.compact(room.written);
      return;
    }
    this.#sessions.delete(session);
    this.reports.forget(session);
    this.#bars.bar(room.state.meeting, room.state.removed);
    if (room.endedForAll) {
      this.#endedForAll.add(session);
      if (this.#endedForAll.size > ENDED_KEPT) this.#endedForAll.delete(this.#endedForAll.values().next().value!);
    }
    await room.log.close();
    // Who was removed, or was away when a host ended it, hears so also after a restart, for as long as an old ticket could be good.
    this.#after(room.endedForAll || room.state.removed.length > 0 ? BARRED_MS : 0, () => {
      room.log
        .delete()
        .then(() => rm(cursorPath(room.log), { force: true }))
        .catch((error: unknown) => room.logger.warn({ err: error }, 'the log of an ended session stays'));
    });
  }

  #after(ms: number, run: () => void): void {
    const callOff = this.options.clock.after(ms, () => {
      this.#timers.delete(callOff);
      run();
    });
    this.#timers.add(callOff);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A ticket older than one already seen brings no role or name back. */
function newestClaims(room: Room, claims: TicketClaims): TicketClaims {
  const seated = participantOf(room.state, claims.participant);
  const newest = room.ticketIssuedAt.get(claims.participant) ?? 0;
  if (!seated || claims.iat >= newest) {
    room.ticketIssuedAt.set(claims.participant, claims.iat);
    return claims;
  }
  return { ...claims, role: seated.role, name: claims.name === null ? null : seated.name };
}
