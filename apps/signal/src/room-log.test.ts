import {
  appendFile,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apply, type LoggedEvent, openedState, type RoomState } from '@parley/protocol/room-state';
import fc from 'fast-check';
import pino from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { RoomLog, type RoomLogOptions } from './room-log';
import { READ_AGAIN_MS } from './rooms';
import { connect } from './testing-client';
import { ManualClock, startSignal, type TestSignal } from './testing';

const LIMITS = { events: 500, bytes: 1e9 };
const opened: LoggedEvent = {
  revision: 1,
  at: 1,
  event: {
    type: 'opened',
    meeting: 'the-meeting',
    session: 'the-session',
    epoch: 'the-epoch',
    settings: { version: 1, title: 'Tea', maxParticipants: 8 },
  },
};
const chat = (revision: number, text = `number ${revision} – 你好 👋`): LoggedEvent => ({
  revision,
  at: revision,
  event: {
    type: 'chat-sent',
    message: { id: `message-${revision}`, from: 'ada-lovelace', name: 'Ada', text, at: revision },
  },
});
const upTo = (last: number): LoggedEvent[] => [opened, ...Array.from({ length: last - 1 }, (_, i) => chat(i + 2))];
const stateOf = (events: readonly LoggedEvent[]): RoomState => events.slice(1).reduce(apply, openedState(events[0]!));

let folder: string;
let file: string;
let clock: ManualClock;
let health: (string | null)[];
let options: RoomLogOptions;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-log-'));
  file = path.join(folder, 'room.jsonl');
  clock = new ManualClock();
  health = [];
  options = { clock, logger: pino({ level: 'silent' }), onHealth: (failure) => health.push(failure) };
});

const written = (log: RoomLog, events: readonly LoggedEvent[]) =>
  new Promise<void>((resolve) => log.append(events, resolve));

describe('the room log', () => {
  test('gives back what was written, in order, whatever was written together', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(700);
    const order: number[] = [];
    const all: Promise<void>[] = [];
    for (let i = 0; i < events.length; i += 7) {
      const batch = events.slice(i, i + 7);
      all.push(written(log, batch).then(() => void order.push(batch[0]!.revision)));
    }
    await Promise.all(all);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(log.revision).toBe(700);
    await log.close();

    const { log: again, state } = await RoomLog.replay(file, options);
    expect(state).toEqual(stateOf(events));
    for (const from of [1, 2, 255, 256, 257, 600, 700])
      expect(await again.read(from, { ...LIMITS, events: 50 })).toEqual(events.slice(from - 1, from + 49));
    expect(await again.read(701, LIMITS)).toEqual([]);
    const some = await again.read(1, { events: 500, bytes: 2_000 });
    expect(some.length).toBeGreaterThan(1);
    expect(some.length).toBeLessThan(30);
    await again.close();
  });

  test('only a line feed ends a line, whatever else ends one elsewhere', async () => {
    const log = new RoomLog(file, options);
    const events = [opened, chat(2, 'one\u2028two\u2029three\u0085four\rfive\nsix\vseven\feight'), chat(3)];
    await written(log, events);
    expect(await log.read(1, LIMITS)).toEqual(events);
    await log.close();
    const { log: again, state } = await RoomLog.replay(file, options);
    expect(state).toEqual(stateOf(events));
    expect(await again.read(1, LIMITS)).toEqual(events);
    await again.close();
  });

  test('nothing is acknowledged before it is in the file', async () => {
    const log = new RoomLog(file, options);
    for (const event of upTo(20)) {
      await written(log, [event]);
      expect(await readFile(file, 'utf8')).toContain(`{"revision":${event.revision},`);
    }
    await log.close();
  });

  test('cut off at any byte, it opens again with every whole line and goes on from there', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(12);
    await written(log, events);
    await log.close();
    const whole = await readFile(file);
    const firstLine = whole.indexOf(0x0a) + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: firstLine, max: whole.length }), async (cut) => {
        await writeFile(file, whole);
        await truncate(file, cut);
        const lines = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
        const { log: again, state } = await RoomLog.replay(file, options);
        expect(state).toEqual(stateOf(events.slice(0, lines)));
        await written(again, [chat(lines + 1, 'after the fall')]);
        await again.close();
        const third = await RoomLog.replay(file, options);
        expect(third.state.revision).toBe(lines + 1);
        await third.log.close();
      }),
      { numRuns: 60 },
    );
  });

  test('damage before the last line, or a file without a whole line, is not taken for a room', async () => {
    await writeFile(
      file,
      upTo(5)
        .map((e) => JSON.stringify(e))
        .join('\n')
        .replace('number 3', '\n"') + '\n',
    );
    await expect(RoomLog.replay(file, options)).rejects.toThrow();
    await writeFile(file, '{"revision":1');
    await expect(RoomLog.replay(file, options)).rejects.toThrow(/no whole line/u);
  });

  test('shortened to a snapshot, it still opens as the same room and gives what came after', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(600);
    await written(log, events.slice(0, 590));
    const long = (await stat(file)).size;
    await log.compact(stateOf(events.slice(0, 590)));
    await written(log, events.slice(590));
    expect((await stat(file)).size).toBeLessThan(long);
    expect(await log.read(591, LIMITS)).toEqual(events.slice(590));
    expect(await log.read(590, LIMITS)).toEqual([]);
    await log.close();
    const { log: again, state } = await RoomLog.replay(file, options);
    expect(state).toEqual(stateOf(events));
    expect(await again.read(595, LIMITS)).toEqual(events.slice(594));
    await again.close();
  });

  test('a snapshot that the disk does not take leaves no open file and nothing beside the log, which goes on', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(20);
    await written(log, events.slice(0, 19));
    const any = await open(path.join(folder, 'any'), 'w');
    const datasync = vi.spyOn(Object.getPrototypeOf(any) as FileHandle, 'datasync');
    await any.close();
    datasync.mockRejectedValueOnce(new Error('ENOSPC: no space left on device'));
    await log.compact(stateOf(events.slice(0, 19)));
    const [snapshot] = datasync.mock.contexts as FileHandle[];
    datasync.mockRestore();
    expect(snapshot?.fd).toBe(-1);
    expect(await readdir(folder)).toEqual(['any', 'room.jsonl']);
    await written(log, events.slice(19));
    expect(await log.read(1, LIMITS)).toEqual(events);
    await log.close();
  });

  test('is long by what came after the snapshot: one that is itself long is not written again and again', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(400);
    await written(log, events);
    const { size } = await stat(file);
    expect([log.isLong(size), log.isLong(size - 1)]).toEqual([false, true]);
    await log.compact(stateOf(events));
    const snapshot = (await stat(file)).size;
    await written(log, [chat(401)]);
    expect(log.isLong(1_000)).toBe(false);
    await log.close();

    const { log: again } = await RoomLog.replay(file, options);
    expect(again.isLong(1_000)).toBe(false);
    await written(again, [chat(402, 'x'.repeat(snapshot))]);
    expect(again.isLong(1_000)).toBe(true);
    expect(again.isLong(3 * snapshot)).toBe(false);
    await again.close();
  });

  test('a snapshot is not taken of another state than the last, nor while writes are under way', async () => {
    const log = new RoomLog(file, options);
    const events = upTo(5);
    const writing = written(log, events);
    await log.compact(stateOf(events));
    await writing;
    await log.compact(stateOf(events.slice(0, 4)));
    expect(await log.read(1, LIMITS)).toEqual(events);
    await log.close();
  });

  test('a disk that refuses holds everything up, says so, and loses nothing when it is back', async () => {
    const missing = path.join(folder, 'not-there');
    const log = new RoomLog(path.join(missing, 'room.jsonl'), options);
    const done: number[] = [];
    log.append([opened], () => done.push(1));
    log.append([chat(2)], () => done.push(2));
    await log.flushed();
    expect(log.failing).toBe(true);
    expect(health).toEqual([expect.stringContaining('ENOENT')]);
    expect(done).toEqual([]);
    await mkdir(missing);
    clock.advance(500);
    await written(log, []);
    expect(done).toEqual([1, 2]);
    expect(health.at(-1)).toBeNull();
    expect(await log.read(1, LIMITS)).toEqual([opened, chat(2)]);
    await log.close();
  });
});

describe('signal and its disk', () => {
  test('a damaged log is put aside, the other rooms open', async () => {
    const first = await startSignal();
    for (const meeting of ['meeting-one-1', 'meeting-two-2']) {
      const client = await connect(first, { meeting });
      await client.join();
    }
    await first.kill();
    const logs = path.join(first.dataDir, 'signal');
    await appendFile(path.join(logs, 'meeting-bad-3.session-bad.jsonl'), 'not a log\n{}\n');
    const second = await startSignal({ dataDir: first.dataDir });
    expect(second.server.rooms.counts.rooms).toBe(2);
    expect(await readFile(path.join(logs, 'meeting-bad-3.session-bad.jsonl.damaged'), 'utf8')).toContain('not a log');
    await second.stop();
  });

  test('a log that the disk does not give now keeps its own meeting waiting, and loses nothing of it', async () => {
    const first = await startSignal({ clock });
    const at = (signal: TestSignal, meeting: string) => connect(signal, { meeting, participant: `ada-of-${meeting}` });
    const meetings = ['meeting-one-1', 'meeting-two-2'];
    for (const meeting of meetings) {
      const ada = await at(first, meeting);
      await ada.join();
      await ada.ask('chat', { id: 'message-1', text: `kept in ${meeting}` });
    }
    await first.kill();

    const handle = await open(path.join(folder, 'any'), 'w');
    const truncate = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'truncate');
    await handle.close();
    truncate.mockRejectedValueOnce(new Error('EIO: i/o error'));
    const second = await startSignal({ clock, dataDir: first.dataDir, keys: first.keys });
    truncate.mockRestore();
    const outcomes = new Map<string, string>();
    for (const meeting of meetings) {
      const ada = await at(second, meeting);
      outcomes.set(await ada.outcome('join', { instance: ada.instance }), meeting);
    }
    expect([...outcomes.keys()].sort()).toEqual(['internal', 'ok']);
    const waiting = outcomes.get('internal')!;
    const control = { type: 'entries-from', meeting: waiting, at: 0 } as const;
    expect(await second.server.rooms.control(control)).toBe(false);

    clock.advance(READ_AGAIN_MS);
    await expect.poll(() => second.server.rooms.counts.rooms).toBe(2);
    const { state } = await (await at(second, waiting)).join();
    expect(state.chat.map(({ text }) => text)).toEqual([`kept in ${waiting}`]);
    expect(await second.server.rooms.control(control)).toBe(true);
    await second.stop();
  });

  test('a log that cannot be read keeps nobody waiting once it is moved away', async () => {
    const first = await startSignal({ clock });
    await (await connect(first)).join();
    await first.kill();
    const logs = path.join(first.dataDir, 'signal');
    const file = (await readdir(logs)).find((name) => name.endsWith('.jsonl'))!;
    const handle = await open(path.join(folder, 'another'), 'w');
    const truncate = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'truncate');
    await handle.close();
    truncate.mockRejectedValueOnce(new Error('EIO: i/o error'));
    const second = await startSignal({ clock, dataDir: first.dataDir, keys: first.keys });
    truncate.mockRestore();
    const ada = await connect(second);
    expect(await ada.outcome('join', { instance: ada.instance })).toBe('internal');
    await rename(path.join(logs, file), path.join(logs, `${file}-aside`));
    clock.advance(READ_AGAIN_MS);
    await expect.poll(() => ada.outcome('join', { instance: ada.instance })).toBe('ok');
    await second.stop();
  });

  test('without a disk nobody is seated and health says why; with it all is well again', async () => {
    const signal = await startSignal({ clock });
    const health = async () => {
      const response = await fetch(`${signal.url}/health`);
      return { http: response.status, ...((await response.json()) as { reason?: string }) };
    };
    expect(await health()).toMatchObject({ http: 200, status: 'ok', parts: { log: 'ok', web: 'ok' } });
    const logs = path.join(signal.dataDir, 'signal');
    await rename(logs, `${logs}-gone`);
    expect(await health()).toMatchObject({ http: 503, status: 'failing' });
    expect((await health()).reason).toContain('ENOENT');

    const ada = await connect(signal);
    const joining = ada.join();
    await expect.poll(async () => (await health()).reason).toContain('.jsonl');
    const bob = await connect(signal);
    expect(await bob.outcome('join', { instance: bob.instance })).toBe('internal');
    await rm(logs, { recursive: true, force: true });
    await rename(`${logs}-gone`, logs);
    clock.advance(500);
    await joining;
    await bob.join();
    expect(await health()).toMatchObject({ http: 200, rooms: 1, participants: 2 });
    await signal.stop();
  });
});
