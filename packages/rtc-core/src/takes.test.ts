import type { OpenTakeReply } from '@parley/protocol/recording';
import { accept, refuse, type Result } from '@parley/protocol/refusal';
import { afterEach, describe, expect, it } from 'vitest';
import { RtcError } from './errors';
import type { RecorderState } from './room-view';
import { createStore } from './store';
import { type MemoryRoom, createMemoryRoom } from './testing/memory-channel';
import { codeOf, connected, createMemoryRigs, until } from './testing/session-rig';

const ALICE = { participant: 'alice-0001', name: 'Alice', role: 'host' } as const;
const BOB = { participant: 'bob-000001', name: 'Bob', role: 'participant' } as const;

const { join, leave } = createMemoryRigs();
afterEach(leave);

describe('recording', () => {
  const opened: OpenTakeReply = { take: 'take-00001', permit: 'take-00001' };
  const asHost = (
    room: MemoryRoom,
    openTake: () => Promise<Result<OpenTakeReply>> = () => Promise.resolve(accept(opened)),
  ) => join(room, ALICE, { room: { openTake } });
  const asCohost = (room: MemoryRoom) =>
    join(
      room,
      { ...BOB, role: 'cohost' },
      { room: { openTake: () => Promise.resolve(accept({ take: 'take-of-bob', permit: 'take-of-bob' })) } },
    );

  it('opens the take, starts it in the room, records, and stops with the room', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    await connected(alice);
    const started = alice.session.startRecording('server');
    expect(alice.session.view.get().recorder).toEqual({ status: 'starting' });
    expect(codeOf(await started)).toBe('ok');
    expect(alice.recorders[0]?.options).toMatchObject({ take: 'take-00001', destination: 'server', title: 'Memory' });
    expect(alice.session.view.get().recorder.status).toBe('recording');
    expect(codeOf(await alice.session.startRecording('server'))).toBe('already-recording');

    alice.session.noticeShown();
    alice.session.noticeShown();
    await until(alice.session.view, ({ room }) => room?.take?.noticed.includes(ALICE.participant) === true);
    expect(room.commands.filter((name) => name === 'notice-take')).toHaveLength(1);

    alice.recorders[0]?.progress.set({ recordedMs: 500, recordedBytes: 9, uploadedBytes: 4 });
    expect(alice.session.recordingProgress.get().recordedMs).toBe(500);
    expect(codeOf(await alice.session.stopRecording())).toBe('ok');
    expect(alice.recorders[0]?.stops).toBeGreaterThan(0);
    expect(alice.session.view.get().recorder).toEqual({ status: 'done', take: 'take-00001', destination: 'server' });
    await until(alice.session.view, ({ room }) => room?.take === null);
  });

  it('stops when someone else ends the take', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    const cohost = join(room, { ...BOB, role: 'cohost' });
    await connected(alice, cohost);
    await alice.session.startRecording('server');
    await until(cohost.session.view, ({ room }) => room?.take?.id === 'take-00001');
    await cohost.session.stopRecording();
    await until(alice.session.view, ({ recorder }) => recorder.status === 'done');
    expect(alice.recorders[0]?.stops).toBeGreaterThan(0);
  });

  it('ends the take when the recorder fails: nobody reads that they are recorded who is not', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    await connected(alice);
    await alice.session.startRecording('server');
    alice.recorders[0]?.state.set({ status: 'failed', error: new RtcError('encoder-failed') });
    await until(alice.session.view, ({ room }) => room?.take === null);
    expect(alice.session.view.get().recorder).toMatchObject({ status: 'failed', error: { code: 'encoder-failed' } });
    expect(codeOf(await alice.session.startRecording('server'))).toBe('ok');
  });

  it.each([
    ['take-refused', () => Promise.resolve(refuse('take-refused'))],
    ['web-unreachable', () => Promise.reject(new Error('503'))],
  ])('says once when no take can be had: %s', async (code, openTake) => {
    const room = createMemoryRoom();
    const alice = asHost(room, openTake);
    await connected(alice);
    expect(codeOf(await alice.session.startRecording('server'))).toBe(code);
    expect(alice.session.view.get().recorder).toEqual({ status: 'idle' });
    expect(alice.recorders).toHaveLength(0);
  });

  it('says once that another recording runs, and leaves it alone', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    const cohost = asCohost(room);
    await connected(alice, cohost);
    await cohost.session.startRecording('server');
    await until(alice.session.view, (view) => view.room?.take?.id === 'take-of-bob');
    expect(codeOf(await alice.session.startRecording('server'))).toBe('already-recording');
    expect(alice.session.view.get().recorder).toEqual({ status: 'idle' });
    expect(room.state.take?.id).toBe('take-of-bob');
  });

  it('says once that the recorder could not be loaded, and ends the take', async () => {
    const room = createMemoryRoom();
    const alice = join(room, ALICE, {
      parts: { openRecorder: () => Promise.reject(new TypeError('Failed to fetch dynamically imported module')) },
      room: { openTake: () => Promise.resolve(accept(opened)) },
    });
    await connected(alice);
    expect(codeOf(await alice.session.startRecording('server'))).toBe('web-unreachable');
    expect(alice.session.view.get().recorder).toEqual({ status: 'idle' });
    await until(alice.session.view, (view) => view.room?.take === null);
  });

  it('stops a recorder whose take was ended while it was being loaded', async () => {
    const room = createMemoryRoom();
    let open = (): void => {};
    const loaded = new Promise<void>((resolve) => (open = resolve));
    let stops = 0;
    const alice = join(room, ALICE, {
      parts: {
        openRecorder: async ({ take, destination }) => {
          await loaded;
          const state = createStore<RecorderState>({ status: 'recording', take, destination });
          const progress = createStore({ recordedMs: 0, recordedBytes: 0, uploadedBytes: 0 });
          return { state, progress, stop: () => (stops++, Promise.resolve()), close() {} };
        },
      },
      room: { openTake: () => Promise.resolve(accept(opened)) },
    });
    const cohost = join(room, { ...BOB, role: 'cohost' });
    await connected(alice, cohost);
    const started = alice.session.startRecording('server');
    await until(alice.session.view, (view) => view.room?.take?.id === 'take-00001');
    await until(cohost.session.view, (view) => view.room?.take?.id === 'take-00001');
    await cohost.session.stopRecording();
    await until(alice.session.view, (view) => view.room?.take === null);
    open();
    await started;
    expect(stops).toBe(1);
  });

  it('ends a take of its own that it does not record: the page that did is gone', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    await connected(alice);
    await alice.session.startRecording('server');
    const reloaded = asHost(room);
    await connected(reloaded);
    await until(reloaded.session.view, (view) => view.room?.take === null);
    expect(alice.recorders[0]?.stops).toBeGreaterThan(0);
    expect(room.commands.filter((name) => name === 'stop-take')).toHaveLength(1);
  });

  it('records anew while the take before is still on its way', async () => {
    const room = createMemoryRoom();
    let takes = 0;
    const alice = asHost(room, () => {
      takes++;
      return Promise.resolve(accept({ take: `take-0000${takes}`, permit: `take-0000${takes}` }));
    });
    await connected(alice);
    await alice.session.startRecording('server');
    const [first] = alice.recorders;
    first?.state.set({ status: 'uploading', take: 'take-00001' });
    await alice.session.stopRecording();
    await until(alice.session.view, (view) => view.room?.take === null);
    expect(codeOf(await alice.session.startRecording('server'))).toBe('ok');
    first?.state.set({ status: 'done', take: 'take-00001', destination: 'server' });
    first?.progress.set({ recordedMs: 1, recordedBytes: 1, uploadedBytes: 1 });
    expect(alice.session.view.get().recorder).toMatchObject({ status: 'recording', take: 'take-00002' });
    expect(alice.session.recordingProgress.get().recordedBytes).toBe(0);
    expect(room.state.take?.id).toBe('take-00002');
  });

  it('shows again the take before, still on its way, when no other can be had', async () => {
    const room = createMemoryRoom();
    const replies: Result<OpenTakeReply>[] = [accept(opened), refuse('take-refused')];
    const alice = asHost(room, () => Promise.resolve(replies.shift() ?? refuse('internal')));
    await connected(alice);
    await alice.session.startRecording('server');
    alice.recorders[0]?.progress.set({ recordedMs: 500, recordedBytes: 9, uploadedBytes: 4 });
    alice.recorders[0]?.state.set({ status: 'uploading', take: 'take-00001' });
    await alice.session.stopRecording();
    await until(alice.session.view, (view) => view.room?.take === null);
    expect(codeOf(await alice.session.startRecording('server'))).toBe('take-refused');
    expect(alice.session.view.get().recorder).toEqual({ status: 'uploading', take: 'take-00001' });
    expect(alice.session.recordingProgress.get().uploadedBytes).toBe(4);
  });

  it("ends somebody else's take while its own is still on its way", async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    const cohost = asCohost(room);
    await connected(alice, cohost);
    await alice.session.startRecording('server');
    alice.recorders[0]?.state.set({ status: 'uploading', take: 'take-00001' });
    await alice.session.stopRecording();
    await cohost.session.startRecording('server');
    await until(alice.session.view, (view) => view.room?.take?.id === 'take-of-bob');
    expect(codeOf(await alice.session.stopRecording())).toBe('ok');
    expect(room.commands.filter((name) => name === 'stop-take')).toHaveLength(2);
    expect(room.state.take).toBeNull();
  });

  it('saves the last slices before it leaves', async () => {
    const room = createMemoryRoom();
    const alice = asHost(room);
    await connected(alice);
    await alice.session.startRecording('server');
    await alice.session.leave();
    expect(alice.recorders[0]?.stops).toBe(1);
    expect(room.state.take).toBeNull();
    expect(alice.session.view.get().recorder.status).toBe('done');
  });
});
