import { participantOf } from '@parley/protocol/room-state';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GRACE_MS, UNLOAD_GRACE_MS } from './room';
import { connect, type ConnectWishes, type TestClient } from './testing-client';
import { ManualClock, startSignal, testId, TestKeys } from './testing';

const ADA = 'ada-lovelace';
const BOB = 'bob-the-guest';
let clock: ManualClock;
let signal: Awaited<ReturnType<typeof startSignal>>;
beforeEach(async () => {
  clock = new ManualClock();
  signal = await startSignal({ clock, maxParticipants: 4 });
});
afterEach(() => signal.stop());

async function joined(wishes: ConnectWishes = {}): Promise<TestClient> {
  const client = await connect(signal, wishes);
  await client.join(wishes.guest ? 'Guest' : undefined);
  return client;
}
const ada = (wishes: ConnectWishes = {}) => joined({ participant: ADA, role: 'host', ...wishes });
const bob = (wishes: ConnectWishes = {}) => joined({ participant: BOB, name: 'Bob', ...wishes });
const types = (client: TestClient) => client.events.map(({ event }) => event.type);
const isAway = (client: TestClient, id: string) =>
  client.until((state) => participantOf(state, id)?.presence.status === 'away');
const isHere = (client: TestClient, id: string) =>
  client.until((state) => participantOf(state, id)?.presence.status === 'here');
const hasLeft = (client: TestClient, id: string) => client.until((state) => !participantOf(state, id));
/** Ends the line, and waits until the server has noticed. */
async function hangUp({ socket }: TestClient): Promise<void> {
  const { id } = socket;
  socket.disconnect();
  await expect.poll(() => signal.server.io.sockets.sockets.has(id ?? '')).toBe(false);
}
/** As a page does that is closed or reloaded. */
async function unload(client: TestClient): Promise<void> {
  client.socket.emit('leave', { why: 'unload' }, () => undefined);
  await hangUp(client);
}
/** Everything the server has sent before now has arrived. */
const settled = (client: TestClient) => client.send('leave', { why: 'x' as 'left' });

describe('joining', () => {
  test('the reply holds the seat, the clock and no relay servers unless there are', async () => {
    const client = await connect(signal, { participant: ADA, role: 'host', name: 'Ada' });
    const reply = await client.join();
    expect(reply).toMatchObject({ you: ADA, now: clock.now(), iceServers: [] });
    expect(reply.state).toMatchObject({ revision: 2, meeting: 'meeting-of-the-test', ended: false, chat: [] });
    expect(participantOf(reply.state, ADA)).toMatchObject({
      name: 'Ada',
      role: 'host',
      presence: { status: 'here', instance: client.instance },
    });
  });

  test('whoever comes later gets all there is, and everybody ends up with the same room', async () => {
    const first = await ada();
    await first.ask('publish', { source: 'camera', muted: false });
    await first.ask('publish', { source: 'microphone', muted: true });
    await first.ask('chat', { id: 'message-1', text: '  hello  ' });
    await first.ask('set-hand', { raised: true });
    const second = await bob();
    expect(second.state?.chat).toMatchObject([{ from: ADA, text: 'hello', name: 'Ada' }]);
    await second.ask('react', { reaction: '👍' });
    await second.ask('set-hand', { raised: true });
    await first.until((state) => state.revision === second.state?.revision);
    expect(first.state).toEqual(second.state);
  });

  test('rooms of different meetings hear nothing of each other', async () => {
    const here = await ada();
    const elsewhere = await joined({ meeting: 'another-meeting', participant: BOB });
    await here.ask('chat', { id: 'message-1', text: 'for this room' });
    await settled(elsewhere);
    expect(elsewhere.events).toEqual([]);
    expect(Object.keys(elsewhere.state?.participants ?? {})).toEqual([BOB]);
  });

  test('a full room refuses the next', async () => {
    for (let i = 0; i < 4; i++) await joined();
    const fifth = await connect(signal);
    expect(await fifth.outcome('join', { instance: fifth.instance })).toBe('room-full');
  });

  test('a ticket that ended at the door opens nothing until it is refreshed', async () => {
    const client = await connect(signal, { participant: ADA });
    clock.advance(130_000);
    expect(await client.outcome('join', { instance: client.instance })).toBe('ticket-expired');
    expect(await client.outcome('refresh-ticket', { ticket: await signal.mintTicket({ participant: ADA }) })).toBe(
      'ok',
    );
    await client.join();
  });

  test('who waits at the door and lets the ticket run out is disconnected; who is seated, or refreshes it, is not', async () => {
    const [seated, waiting, forgotten] = [
      await ada(),
      await connect(signal, { participant: BOB }),
      await connect(signal),
    ];
    clock.advance(200_000);
    await waiting.ask('refresh-ticket', { ticket: await signal.mintTicket({ participant: BOB }) });
    clock.advance(60_000);
    await forgotten.gone();
    await waiting.join();
    expect(await seated.outcome('set-hand', { raised: true })).toBe('ok');
  });

  test('before it, and after leaving, every command is refused', async () => {
    const client = await connect(signal);
    const refused = async () => [
      await client.outcome('chat', { id: 'message-1', text: 'x' }),
      await client.outcome('catch-up', { epoch: 'epoch-000', revision: 0 }),
      await client.outcome('start-take', { permit: 'x' }),
      await client.outcome('end-room', {}),
      (
        (await client.sendRaw('relay', { to: ADA, toInstance: testId(), body: { kind: 'want', sources: {} } })) as never
      )['refusal'],
    ];
    const all = ['not-joined', 'not-joined', 'not-joined', 'not-joined', { code: 'not-joined' }];
    expect(await refused()).toEqual(all);
    await client.join();
    await client.ask('leave', { why: 'left' });
    expect(await refused()).toEqual(all);
  });
});

describe('relays', () => {
  test('go to the participant and page named, with sender and page set by the server', async () => {
    const [a, b] = [await ada(), await bob()];
    const body = { kind: 'description' as const, description: { type: 'offer' as const, sdp: 'v=0' } };
    const forged = { to: BOB, toInstance: b.instance, body, from: 'somebody-else', fromInstance: 'forged-page' };
    expect(await a.sendRaw('relay', forged)).toEqual({ ok: true, value: {} });
    await b.when(() => b.relays.length > 0);
    expect(b.relays).toEqual([{ from: ADA, fromInstance: a.instance, body }]);
    expect(a.events.concat(b.events).some(({ event }) => 'body' in event)).toBe(false);
  });

  test('reach nobody elsewhere, no old page and nobody who is away', async () => {
    const [a, b] = [await ada(), await bob()];
    const stranger = await joined({ meeting: 'another-meeting', participant: 'carol-elsewhere' });
    const relay = (to: string, toInstance: string) =>
      a.sendRaw('relay', { to, toInstance, body: { kind: 'want', sources: {} } });
    const notFound = { ok: false, refusal: { code: 'not-found' } };
    expect(await relay('carol-elsewhere', stranger.instance)).toEqual(notFound);
    expect(await relay(BOB, testId())).toEqual(notFound);
    expect(await relay('__proto__', b.instance)).toEqual(notFound);
    b.cut();
    await isAway(a, BOB);
    expect(await relay(BOB, b.instance)).toEqual(notFound);
    expect(b.relays.concat(stranger.relays)).toEqual([]);
  });
});

describe('going away', () => {
  test('a broken line keeps the seat for the grace period, and not longer', async () => {
    const [a, b] = [await ada(), await bob()];
    b.cut();
    await isAway(a, BOB);
    clock.advance(GRACE_MS - 1);
    await settled(a);
    expect(participantOf(a.state!, BOB)).toBeDefined();
    clock.advance(1);
    await hasLeft(a, BOB);
    expect(a.events.at(-1)?.event).toEqual({ type: 'left', participant: BOB, why: 'vanished', by: null });
  });

  test('who returns in time finds the seat as it was, whatever was said meanwhile, and stays', async () => {
    const [a, b] = [await ada(), await bob()];
    await b.ask('publish', { source: 'camera', muted: true });
    await b.ask('set-hand', { raised: true });
    b.cut();
    await isAway(a, BOB);
    await a.ask('chat', { id: 'message-1', text: 'where are you' });
    clock.advance(GRACE_MS - 1);
    const back = await bob({ instance: b.instance });
    await isHere(a, BOB);
    expect(back.state).toEqual(a.state);
    expect(participantOf(back.state!, BOB)).toMatchObject({ publications: { camera: { muted: true } } });
    expect(participantOf(back.state!, BOB)?.handRaisedAt).not.toBeNull();
    expect(back.state?.chat).toHaveLength(1);
    clock.advance(GRACE_MS);
    await settled(a);
    expect(participantOf(a.state!, BOB)).toBeDefined();
  });

  test('who missed some events asks for those; of another epoch, or from too long ago, for the whole', async () => {
    const [a, b] = [await ada(), await bob()];
    await a.until((state) => BOB in state.participants);
    const { epoch, revision } = b.state!;
    for (let i = 0; i < 3; i++) await a.ask('chat', { id: `message-${i}`, text: 'hello' });
    const missed = await b.ask('catch-up', { epoch, revision });
    expect(missed).toEqual({ kind: 'events', events: a.events.slice(-3) });
    expect(await b.ask('catch-up', { epoch, revision: revision + 3 })).toEqual({ kind: 'events', events: [] });
    for (const other of [
      { epoch: 'another-epoch', revision },
      { epoch, revision: revision + 4 },
    ])
      expect(await b.ask('catch-up', other)).toEqual({ kind: 'snapshot', state: a.state });
  });

  test('a closed tab goes after a breath; a reload within it keeps the seat', async () => {
    const [a, b] = [await ada(), await bob()];
    await b.ask('publish', { source: 'camera', muted: false });
    await unload(b);
    await isAway(a, BOB);
    clock.advance(UNLOAD_GRACE_MS - 1);
    const reloaded = await bob();
    await isHere(a, BOB);
    expect(types(a).slice(-2)).toEqual(['went-away', 'returned']);
    expect(participantOf(a.state!, BOB)?.presence.instance).toBe(reloaded.instance);
    expect(participantOf(a.state!, BOB)?.publications).toEqual({});

    await unload(reloaded);
    clock.advance(UNLOAD_GRACE_MS);
    await hasLeft(a, BOB);
    expect(a.events.at(-1)?.event).toMatchObject({ type: 'left', why: 'left' });
  });

  test('who reloads and stands at the door finds seat and hand again; who closes the door as well is gone', async () => {
    const [a, b] = [await ada(), await bob()];
    await b.ask('set-hand', { raised: true });
    await unload(b);
    await isAway(a, BOB);
    const reloaded = await connect(signal, { participant: BOB, name: 'Bob' });
    clock.advance(GRACE_MS - UNLOAD_GRACE_MS);
    await reloaded.join();
    expect(participantOf(reloaded.state!, BOB)).toMatchObject({ handRaisedAt: expect.any(Number) as number });

    await unload(reloaded);
    const another = await connect(signal, { participant: BOB, name: 'Bob' });
    clock.advance(UNLOAD_GRACE_MS);
    await hangUp(another);
    clock.advance(UNLOAD_GRACE_MS);
    await hasLeft(a, BOB);
  });

  test('the seat of who stands at the door without a word is kept for the grace period, and not longer', async () => {
    const [a, b] = [await ada(), await bob()];
    await unload(b);
    await isAway(a, BOB);
    await connect(signal, { participant: BOB, name: 'Bob' });
    clock.advance(GRACE_MS - 1);
    await settled(a);
    expect(participantOf(a.state!, BOB)).toBeDefined();
    clock.advance(1);
    await hasLeft(a, BOB);
  });

  test('a reload of everybody at once does not end the session; nobody coming back does', async () => {
    const [a, b] = [await ada(), await bob()];
    await unload(a);
    await unload(b);
    clock.advance(GRACE_MS - 1);
    const reloaded = await ada();
    expect(reloaded.state?.session).toBe(a.state?.session);
    await unload(reloaded);
    clock.advance(GRACE_MS);
    expect(signal.server.rooms.counts.rooms).toBe(0);
  });

  test('who leaves is gone at once, hears no more and may come again', async () => {
    const [a, b] = [await ada(), await bob()];
    await b.ask('leave', { why: 'left' });
    await hasLeft(a, BOB);
    const heard = b.events.length;
    await a.ask('chat', { id: 'message-1', text: 'behind your back' });
    await settled(b);
    expect(b.events).toHaveLength(heard);
    await b.join();
    expect(b.state?.chat).toHaveLength(1);
  });
});

describe('one seat, one page', () => {
  test('the newest page takes the seat; the older is told and stays out', async () => {
    const [a, first] = [await ada(), await bob()];
    const second = await bob();
    await first.gone();
    expect(first.closed).toEqual([{ code: 'seat-taken' }]);
    await a.until((state) => participantOf(state, BOB)?.presence.instance === second.instance);
    expect(types(a)).toEqual(['joined', 'returned']);
    expect(await second.outcome('set-hand', { raised: true })).toBe('ok');
  });

  test('a page whose seat was taken while its device slept stays out, also when the seat is empty and after a restart', async () => {
    const [a, phone] = [await ada(), await bob()];
    phone.cut();
    await isAway(a, BOB);
    const laptop = await bob();
    const woken = () => connect(signal, { participant: BOB, name: 'Bob', instance: phone.instance });
    const asks = async (client: TestClient) => client.outcome('join', { instance: client.instance });
    expect(await asks(await woken())).toBe('seat-taken');
    expect(await laptop.outcome('set-hand', { raised: true })).toBe('ok');
    expect(laptop.closed).toEqual([]);

    await signal.kill();
    signal = await startSignal({ clock, dataDir: signal.dataDir, keys: signal.keys });
    expect(await asks(await woken())).toBe('seat-taken');
    const back = await bob({ instance: laptop.instance });
    await back.ask('leave', { why: 'left' });
    expect(await asks(await ada({ instance: a.instance }))).toBe('ok');
    expect(await asks(await woken())).toBe('seat-taken');
    // "Use it here" is a new page to the room.
    await bob();
  });

  test('a page of an earlier session that wakes does not take the seat of the page in this one', async () => {
    const desk = await bob();
    const { session } = desk.state!;
    await desk.ask('leave', { why: 'left' });
    await hangUp(desk);
    const laptop = await bob();
    expect(laptop.state?.session).not.toBe(session);
    const woken = await connect(signal, { participant: BOB, name: 'Bob', instance: desk.instance });
    expect(await woken.outcome('join', { instance: desk.instance, session })).toBe('seat-taken');
    expect(await laptop.outcome('set-hand', { raised: true })).toBe('ok');
    expect(laptop.closed).toEqual([]);
    // "Use it here" is a new page to the room, and names no session.
    await bob();
    await laptop.gone();
    expect(laptop.closed).toEqual([{ code: 'seat-taken' }]);
  });

  test('the same page on a new line quietly replaces its dead one', async () => {
    const first = await bob();
    const second = await bob({ instance: first.instance });
    await first.gone();
    expect(first.closed).toEqual([]);
    expect(await second.outcome('set-hand', { raised: true })).toBe('ok');
    expect(participantOf(second.state!, BOB)?.presence.status).toBe('here');
  });

  test('joining again on the same line is no harm', async () => {
    const [a, b] = [await ada(), await bob()];
    await b.join();
    await b.ask('chat', { id: 'message-1', text: 'still here' });
    await a.until((state) => state.chat.length === 1);
    expect(b.state).toEqual(a.state);
  });
});

describe('tickets of the seated', () => {
  test('a newer one changes the role at once, an older one never back', async () => {
    const b = await bob();
    const older = await signal.mintTicket({ participant: BOB, name: 'Bob' });
    clock.advance(10_000);
    await b.ask('refresh-ticket', {
      ticket: await signal.mintTicket({ participant: BOB, name: 'Bob', role: 'cohost' }),
    });
    expect(participantOf(b.state!, BOB)?.role).toBe('cohost');
    await b.ask('refresh-ticket', { ticket: older });
    expect(participantOf(b.state!, BOB)?.role).toBe('cohost');
    const again = await connect(signal, { ticket: older, participant: BOB });
    await again.join();
    expect(participantOf(again.state!, BOB)?.role).toBe('cohost');
  });

  test('one of somebody else, of another meeting or forged is refused', async () => {
    const b = await bob();
    for (const ticket of [
      await signal.mintTicket({ participant: ADA }),
      await signal.mintTicket({ participant: BOB, meeting: 'another-meeting' }),
      `${await signal.mintTicket({ participant: BOB })}x`,
    ])
      expect(await b.outcome('refresh-ticket', { ticket })).toBe('ticket-invalid');
  });
});

describe('hosts', () => {
  test('mute others, and nobody else does', async () => {
    const [a, b] = [await ada(), await bob()];
    await a.ask('publish', { source: 'microphone', muted: false });
    await b.ask('publish', { source: 'microphone', muted: false });
    expect(await b.outcome('mute-participant', { participant: ADA, source: 'microphone' })).toBe('not-allowed');
    await a.ask('mute-participant', { participant: BOB, source: 'microphone' });
    await b.until((state) => participantOf(state, BOB)?.publications.microphone?.muted === true);
    expect(b.events.at(-1)?.event).toMatchObject({ type: 'muted-set', by: ADA });
  });

  test('remove someone, who cannot come back by the old ticket, another tab or a resumed connection', async () => {
    const a = await ada();
    const ticket = await signal.mintTicket({ participant: BOB, name: 'Bob' });
    const b = await connect(signal, { ticket, participant: BOB });
    await b.join();
    const waiting = await connect(signal, { participant: BOB });
    await a.ask('remove-participant', { participant: BOB });
    await b.gone();
    expect(b.closed).toEqual([{ code: 'removed' }]);
    expect(types(b)).toEqual([]);
    expect(a.events.at(-1)?.event).toEqual({ type: 'left', participant: BOB, why: 'removed', by: ADA });

    const [oldTicket, otherTab, resumed] = [
      await connect(signal, { ticket, participant: BOB }),
      await connect(signal, { participant: BOB }),
      await connect(signal, { participant: BOB, instance: b.instance }),
    ];
    for (const again of [oldTicket, otherTab, resumed, waiting])
      expect(await again.outcome('join', { instance: again.instance })).toBe('removed');
  });

  test('whom they removed stays out of the next session too', async () => {
    const [a, b] = [await ada(), await bob()];
    await a.ask('remove-participant', { participant: BOB });
    await b.gone();
    await a.ask('leave', { why: 'left' });
    const again = await connect(signal, { participant: BOB });
    expect(await again.outcome('join', { instance: again.instance })).toBe('removed');
    const next = await ada();
    expect(next.state?.removed).toEqual([BOB]);
  });

  test('end the meeting for everybody; the next to come opens another session', async () => {
    const [a, b] = [await ada(), await bob()];
    const { session, epoch } = a.state!;
    expect(await b.outcome('end-room', {})).toBe('not-allowed');
    await a.ask('end-room', {});
    for (const client of [a, b]) {
      await client.gone();
      expect(client.closed).toEqual([{ code: 'room-ended' }]);
      expect(types(client).slice(-3)).toEqual(['left', 'left', 'ended']);
    }
    const next = await bob();
    expect(next.state?.session).not.toBe(session);
    expect(next.state?.epoch).not.toBe(epoch);
    expect(next.state?.chat).toEqual([]);
  });

  test('end it also for who is away just then, also after a restart', async () => {
    const [a, b] = [await ada(), await bob()];
    const { session } = a.state!;
    b.cut();
    await isAway(a, BOB);
    await a.ask('end-room', {});
    const comesBack = async (to = session) => {
      const back = await connect(signal, { participant: BOB, name: 'Bob', instance: b.instance });
      return back.outcome('join', { instance: b.instance, session: to });
    };
    expect(await comesBack()).toBe('room-ended');
    expect(signal.server.rooms.counts.rooms).toBe(0);

    await signal.kill();
    signal = await startSignal({ clock, dataDir: signal.dataDir, keys: signal.keys });
    expect(await comesBack()).toBe('room-ended');
    // Nor is it carried along into the next one.
    const next = await ada();
    expect(await comesBack()).toBe('room-ended');
    expect(Object.keys(next.state!.participants)).toEqual([ADA]);
    // A session that nobody ended is gone on with in the next.
    expect(await comesBack('another-session')).toBe('ok');
  });
});

describe('takes', () => {
  test('start by permit only, once, and are noticed and stopped by everybody concerned', async () => {
    const [a, b] = [await ada(), await bob()];
    const permit = await signal.mintPermit({ participant: ADA, take: 'take-of-ada-1' });
    expect(await a.outcome('start-take', { permit: 'forged' })).toBe('not-permitted-take');
    expect(await a.outcome('start-take', { permit: await signal.mintTicket({ participant: ADA }) })).toBe(
      'not-permitted-take',
    );
    expect(await a.outcome('start-take', { permit: await new TestKeys().sign({}) })).toBe('not-permitted-take');
    expect(await b.outcome('start-take', { permit })).toBe('not-allowed');
    expect(await a.ask('start-take', { permit })).toEqual({ take: 'take-of-ada-1' });
    expect(await a.ask('start-take', { permit })).toEqual({ take: 'take-of-ada-1' });
    const second = await signal.mintPermit({ participant: ADA });
    expect(await a.outcome('start-take', { permit: second })).toBe('already-recording');

    await b.ask('notice-take', { take: 'take-of-ada-1' });
    await a.until((state) => state.take?.noticed.includes(BOB) === true);
    expect(await b.outcome('stop-take', { take: 'take-of-ada-1' })).toBe('not-allowed');
    await a.ask('stop-take', { take: 'take-of-ada-1' });
    await b.until((state) => state.take === null);
    expect(await a.outcome('start-take', { permit })).toBe('not-permitted-take');
    clock.advance(130_000);
    expect(await a.outcome('start-take', { permit: second })).toBe('not-permitted-take');
  });

  test('survive a broken line of the recorder and end when the recorder is gone for good', async () => {
    const [a, b] = [await ada(), await bob()];
    await a.ask('start-take', { permit: await signal.mintPermit({ participant: ADA }) });
    a.cut();
    await isAway(b, ADA);
    expect(b.state?.take).not.toBeNull();
    clock.advance(GRACE_MS);
    await b.until((state) => state.take === null);
    expect(types(b).slice(-2)).toEqual(['left', 'take-stopped']);
    expect(b.events.at(-1)?.event).toMatchObject({ why: 'recorder-left' });
  });
});
