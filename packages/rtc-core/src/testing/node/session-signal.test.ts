import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RoomState } from '@parley/protocol/room-state';
import { type RoomView, self } from '../../room-view';
import type { Notice } from '../../room-session';
import type { Connect } from '../../signal/channel';
import { connectSocketIo } from '../../signal/socket-io-channel';
import { TicketRefused } from '../../signal/tickets';
import { flakyConnect, seededRandom } from '../flaky-connect';
import { createFakeLocalMedia, fakeTrack } from '../fake-local-media';
import { type SessionRig, codeOf, inPhase, openRig, until } from '../session-rig';
import { type SignalProcess, type TicketFor, startSignalProcess } from './signal-process';

let signal: SignalProcess;
beforeAll(async () => {
  signal = await startSignalProcess();
});
afterAll(() => signal.dispose());

const rigs: SessionRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.session.leave()));
});

let meetings = 0;
/** Each test has a meeting of its own. */
const freshMeeting = (): string => `meeting-${String(++meetings).padStart(4, '0')}`;
/** Seconds by which signal lets the clocks of web and its own differ. */
const CLOCKS_APART_S = 5;
const ALICE = 'alice-0001';
const BOB = 'bob-000001';

function join(who: TicketFor, options: Partial<Parameters<typeof openRig>[0]> = {}): SessionRig {
  const rig = openRig({
    connect: connectSocketIo,
    signalUrl: signal.url,
    getTicket: () => Promise.resolve(signal.ticket(who)),
    ...options,
  });
  rigs.push(rig);
  return rig;
}

const viewOf = (rig: SessionRig) => rig.session.view.get();
const roomOf = (rig: SessionRig): RoomState => {
  const { room } = viewOf(rig);
  if (!room) throw new Error('Not in the room.');
  return room;
};
const inside = (...all: SessionRig[]) => Promise.all(all.map((rig) => until(rig.session.view, inPhase('connected'))));
const left = (rig: SessionRig) =>
  until(rig.session.view, inPhase('left')).then(({ phase }) => phase.name === 'left' && phase.why);

/** Both in the room, microphone and camera announced. */
async function pair(): Promise<{ meeting: string; alice: SessionRig; bob: SessionRig }> {
  const meeting = freshMeeting();
  const alice = join({ meeting, participant: ALICE, name: 'Alice', role: 'host' });
  const bob = join({ meeting, participant: BOB, name: null }, { name: 'Bob' });
  await inside(alice, bob);
  const both = [ALICE, BOB];
  for (const rig of [alice, bob])
    await until(rig.session.view, ({ room }) =>
      both.every((id) => Object.keys(room?.participants[id]?.publications ?? {}).length === 2),
    );
  return { meeting, alice, bob };
}

describe('sessions and the real signal', () => {
  it('meet, chat both ways and know the same room', async () => {
    const { alice, bob } = await pair();
    expect(codeOf(await alice.session.chat('Hello'))).toBe('ok');
    expect(codeOf(await bob.session.chat('Hello yourself'))).toBe('ok');
    expect(codeOf(await bob.session.setHand(true))).toBe('ok');
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.handRaisedAt !== null);
    await until(bob.session.view, ({ room }) => room?.revision === roomOf(alice).revision);
    expect(roomOf(bob)).toEqual(roomOf(alice));
    expect(roomOf(bob).chat.map((m) => [m.name, m.text])).toEqual([
      ['Alice', 'Hello'],
      ['Bob', 'Hello yourself'],
    ]);
    expect(alice.transport.remotes.map((r) => r.participant)).toEqual([BOB]);
    expect([...alice.transport.sent.keys()]).toEqual(['microphone', 'camera']);
  });

  it('relay between their transports, by participant and instance', async () => {
    const { alice, bob } = await pair();
    const [toBob] = alice.transport.remotes;
    const body = { kind: 'want', sources: { camera: { height: 180 } } } as const;
    alice.transport.relay(toBob!, body);
    await expect.poll(() => bob.transport.relays).toMatchObject([{ from: { participant: ALICE }, body }]);
    expect(bob.transport.remotes).toMatchObject([bob.transport.relays[0]?.from]);
  });

  it('come back after SIGKILL with role, mute and hand as they were, keep their peers, and lose no word', async () => {
    const { alice, bob } = await pair();
    bob.local.setWanted({ microphone: false });
    await bob.session.setHand(true);
    const mutedWithHand = (rig: SessionRig) =>
      until(rig.session.view, ({ room }) => {
        const seat = room?.participants[BOB];
        return seat?.publications.microphone?.muted === true && seat.handRaisedAt !== null;
      });
    await mutedWithHand(alice);
    const before = roomOf(alice).participants;
    const raisedAt = before[BOB]?.handRaisedAt;
    const peers = [alice, bob].map((rig) => rig.transport.remotesHistory.length);
    const notices: Notice[] = [];
    bob.session.onNotice((notice) => notices.push(notice));

    await signal.kill();
    await Promise.all([alice, bob].map((rig) => until(rig.session.view, inPhase('resuming'))));
    // Said while nobody listens: it waits, and is there once when signal is back.
    const said = bob.session.chat('Is anybody there?');
    await signal.start();
    await inside(alice, bob);
    expect(codeOf(await said)).toBe('ok');
    await until(alice.session.view, ({ room }) => room?.chat.length === 1);

    const seats = await until(alice.session.view, ({ room }) =>
      Object.values(room?.participants ?? {}).every((p) => p.presence.status === 'here'),
    );
    expect(seats.room?.participants[BOB]).toMatchObject({ role: 'participant', handRaisedAt: raisedAt });
    expect(seats.room?.participants[BOB]?.publications.microphone).toEqual({ muted: true });
    expect(seats.room?.participants[ALICE]?.role).toBe('host');
    // The very same peers: nobody was taken off the list and put on again.
    expect([alice, bob].map((rig) => rig.transport.remotesHistory.length)).toEqual(peers);
    expect(alice.transports).toHaveLength(1);
    expect(bob.transport.resends).toBe(2);
    expect(notices.some(({ type }) => type === 'back')).toBe(true);
  });

  it('take their seats again when web and signal are back only after every ticket has ended', async () => {
    const meeting = freshMeeting();
    const web = { away: false, lifetime: 2 };
    /** When signal takes none of the tickets given so far any more, ms since the epoch. */
    let allEndedAt = 0;
    const asked = new Map<string, (string | null)[]>();
    const [alice, bob] = [ALICE, BOB].map((participant) => {
      const lasts: (string | null)[] = [];
      asked.set(participant, lasts);
      const role = participant === ALICE ? ('host' as const) : ('participant' as const);
      return join(
        { participant },
        {
          getTicket: (last) => {
            if (web.away) return Promise.reject(new Error('503'));
            lasts.push(last);
            allEndedAt = Date.now() + (web.lifetime + CLOCKS_APART_S + 1) * 1_000;
            return Promise.resolve(signal.ticket({ meeting, participant, role, lifetime: web.lifetime }));
          },
        },
      );
    }) as [SessionRig, SessionRig];
    await inside(alice, bob);
    expect(codeOf(await bob.session.setHand(true))).toBe('ok');
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.handRaisedAt !== null);
    const before = roomOf(alice).participants;
    const peers = [alice, bob].map((rig) => rig.transport.remotesHistory.length);

    web.away = true;
    await signal.kill();
    await Promise.all([alice, bob].map((rig) => until(rig.session.view, inPhase('resuming'))));
    await expect.poll(() => Date.now() > allEndedAt, { timeout: 60_000 }).toBe(true);
    await signal.start();
    const withoutTicket = ({ phase }: RoomView) =>
      phase.name === 'resuming' && phase.error?.code === 'ticket-unavailable';
    await Promise.all([alice, bob].map((rig) => until(rig.session.view, withoutTicket)));
    for (const lasts of asked.values()) lasts.length = 0;
    Object.assign(web, { away: false, lifetime: 120 });
    await inside(alice, bob);
    // Asked with the ended ticket in hand: it tells web who asks.
    for (const [last] of asked.values()) expect(last).toMatch(/^eyJ/u);
    const all = await until(alice.session.view, ({ room }) =>
      Object.values(room?.participants ?? {}).every((p) => p.presence.status === 'here'),
    );
    expect(all.room?.participants[ALICE]?.role).toBe('host');
    expect(all.room?.participants[BOB]?.handRaisedAt).toBe(before[BOB]?.handRaisedAt);
    // The very same seats and peers.
    expect(Object.keys(all.room?.participants ?? {})).toEqual(Object.keys(before));
    expect([alice, bob].map((rig) => rig.transport.remotesHistory.length)).toEqual(peers);
    expect([alice, bob].map((rig) => rig.transports.length)).toEqual([1, 1]);
  }, 180_000);

  it('give the seat to the newest page, and take it back', async () => {
    const { meeting, alice, bob } = await pair();
    const elsewhere = join({ meeting, participant: ALICE, name: 'Alice', role: 'host' });
    expect(await left(alice)).toEqual({ type: 'elsewhere' });
    expect(alice.transport.closed).toBe(true);
    await inside(elsewhere);
    const second = bob.transport.remotes[0]?.instance;
    expect(codeOf(await alice.session.chat('lost'))).toBe('not-joined');

    alice.session.takeSeat();
    await inside(alice);
    expect(await left(elsewhere)).toEqual({ type: 'elsewhere' });
    await until(
      bob.session.view,
      ({ room }) => Object.keys(room?.participants[ALICE]?.publications ?? {}).length === 2,
    );
    expect(alice.transports).toHaveLength(2);
    expect(bob.transport.remotes[0]?.instance).not.toBe(second);
  });

  it('end for whom a host removes, who cannot come back', async () => {
    const { meeting, alice, bob } = await pair();
    expect(codeOf(await bob.session.removeParticipant(ALICE))).toBe('not-allowed');
    expect(codeOf(await alice.session.removeParticipant(BOB))).toBe('ok');
    expect(await left(bob)).toEqual({ type: 'removed' });
    const again = join({ meeting, participant: BOB, name: null }, { name: 'Bob' });
    expect(await left(again)).toEqual({ type: 'refused', refusal: { code: 'removed' } });
  });

  it('end for everybody when a host ends the meeting', async () => {
    const { alice, bob } = await pair();
    void alice.session.endForAll();
    expect(await left(bob)).toEqual({ type: 'ended' });
    expect(await left(alice)).toEqual({ type: 'ended' });
  });

  it('end also for whose line was down when a host ended the meeting, and who opens no other', async () => {
    const { meeting, alice, bob } = await pair();
    bob.gate.cut();
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.presence.status === 'away');
    void alice.session.endForAll();
    expect(await left(alice)).toEqual({ type: 'ended' });
    bob.gate.mend();
    bob.page.emit('online');
    expect(await left(bob)).toEqual({ type: 'ended' });
    expect(bob.transport.closed).toBe(true);
    // Who joins by a click is welcome: that is a new session.
    const next = join({ meeting, participant: BOB, name: null }, { name: 'Bob' });
    await inside(next);
    expect(Object.keys(roomOf(next).participants)).toEqual([BOB]);
  });

  it('are gone for the others soon after closing the page', async () => {
    const { alice, bob } = await pair();
    const began = performance.now();
    bob.page.emit('hide');
    await until(alice.session.view, ({ room }) => room?.participants[BOB] === undefined);
    // 1.5 s for a reload that may follow, and the rest for a busy machine: whose line breaks is kept a minute.
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(alice.transport.remotes).toEqual([]);
  });

  it('keep the seat over a reload', async () => {
    const { meeting, alice, bob } = await pair();
    await bob.session.setHand(true);
    // The new page is at the door before the old one goes: signal waits only 1.5 s for it, too short for a busy machine.
    const atTheDoor: (() => void)[] = [];
    const connect: Connect = (url, ticket, handlers) =>
      connectSocketIo(url, ticket, { ...handlers, opened: () => void atTheDoor.push(() => handlers.opened()) });
    const reloaded = join({ meeting, participant: BOB, name: null }, { name: 'Bob', connect });
    await expect.poll(() => atTheDoor).toHaveLength(1);
    bob.page.emit('hide');
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.presence.status === 'away');
    atTheDoor[0]?.();
    await inside(reloaded);
    expect(self(viewOf(reloaded))?.handRaisedAt).not.toBeNull();
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.presence.status === 'here');
    expect(alice.transport.remotes).toHaveLength(1);
  });

  it('give way to a host who mutes, here or away', async () => {
    const { alice, bob } = await pair();
    expect(codeOf(await alice.session.muteParticipant(BOB, 'microphone'))).toBe('ok');
    await until(bob.local.state, ({ wanted }) => !wanted.microphone);
    await until(bob.session.view, (view) => self(view)?.publications.microphone?.muted === true);

    // Unmuted again by themselves, then muted while their line is down.
    bob.local.setWanted({ microphone: true });
    for (const rig of [alice, bob])
      await until(rig.session.view, ({ room }) => room?.participants[BOB]?.publications.microphone?.muted === false);
    bob.gate.cut();
    await until(alice.session.view, ({ room }) => room?.participants[BOB]?.presence.status === 'away');
    await alice.session.muteParticipant(BOB, 'microphone');
    bob.gate.mend();
    await inside(bob);
    await until(bob.local.state, ({ wanted }) => !wanted.microphone);
    expect(roomOf(alice).participants[BOB]?.publications.microphone).toEqual({ muted: true });
  });

  it('announce what is shared, and what is captured late', async () => {
    const meeting = freshMeeting();
    const local = createFakeLocalMedia({ has: [] });
    const alice = join({ meeting, participant: ALICE, role: 'host' }, { local });
    await inside(alice);
    expect(self(viewOf(alice))?.publications).toEqual({});
    await alice.session.shareScreen();
    await until(alice.session.view, (view) => self(view)?.publications.screen?.muted === false);
    local.capture('camera', { status: 'on', track: fakeTrack('video'), muted: false });
    await until(alice.session.view, (view) => self(view)?.publications.camera?.muted === false);
    local.capture('camera', { status: 'off' });
    await alice.session.stopSharing();
    const view = await until(alice.session.view, (now) => !self(now)?.publications.screen);
    expect(self(view)?.publications).toEqual({ camera: { muted: true } });
    expect(alice.transport.sent.get('screen')).toBeNull();
    expect(alice.transport.sent.get('camera')).toBeNull();
  });
});

describe('tickets', () => {
  it('an expired one is replaced at once', async () => {
    const who = { meeting: freshMeeting(), participant: ALICE };
    const asked: (string | null)[] = [];
    const alice = join(who, {
      getTicket: (last) => {
        asked.push(last);
        return Promise.resolve(signal.ticket(asked.length === 1 ? { ...who, lifetime: -60 } : who));
      },
    });
    await inside(alice);
    expect(asked).toHaveLength(2);
    // The refused one goes along: it lets a seated participant refresh.
    expect(asked[1]).toMatch(/^eyJ/u);
  });

  it('web away hurts nobody who is in, and is asked until it is back', async () => {
    const who = { meeting: freshMeeting(), participant: ALICE };
    let web = true;
    const alice = join(who, {
      // So short that the next attempt needs another.
      getTicket: () =>
        web ? Promise.resolve(signal.ticket({ ...who, lifetime: 4 })) : Promise.reject(new Error('503')),
    });
    await inside(alice);
    web = false;
    expect(codeOf(await alice.session.chat('Still here'))).toBe('ok');
    alice.gate.cut();
    const { phase } = await until(
      alice.session.view,
      (view) => view.phase.name === 'resuming' && view.phase.error?.code === 'ticket-unavailable',
    );
    expect(phase.name).toBe('resuming');
    alice.gate.mend();
    web = true;
    await inside(alice);
  });

  it("web's final no ends the session", async () => {
    const alice = join(
      { participant: ALICE },
      { getTicket: () => Promise.reject(new TicketRefused({ code: 'not-allowed' })) },
    );
    expect(await left(alice)).toEqual({ type: 'refused', refusal: { code: 'not-allowed' } });
    expect(alice.ready.trouble.get()).toEqual({ code: 'not-allowed' });
  });
});

describe('a line that breaks', () => {
  it.each([1, 2, 3])(
    'all clients converge under drops, delays and SIGKILLs (seed %i)',
    async (seed) => {
      const meeting = freshMeeting();
      const random = seededRandom(seed);
      const people = [ALICE, BOB, 'carol-0001'];
      const lines = people.map(() => flakyConnect(connectSocketIo, seededRandom(Math.floor(random() * 2 ** 32)), 0.1));
      const all = people.map((participant, i) =>
        join(
          { meeting, participant, role: i === 0 ? 'host' : 'participant' },
          { connect: lines[i]!.connect, local: createFakeLocalMedia() },
        ),
      );
      const answers: Promise<string>[] = [];
      const said: string[] = [];
      const act = (rig: SessionRig, n: number): void => {
        const what = random();
        if (what < 0.5) {
          const text = `word ${n}`;
          answers.push(
            rig.session.chat(text).then((result) => {
              if (result.ok) said.push(text);
              return codeOf(result);
            }),
          );
        } else if (what < 0.7) answers.push(rig.session.setHand(random() < 0.5).then(codeOf));
        else if (what < 0.85) rig.local.setWanted({ microphone: random() < 0.5 });
        else if (what < 0.95) rig.local.setWanted({ camera: random() < 0.5 });
        else answers.push(rig.session.react('👏').then(codeOf));
      };
      const drops = (): number => lines.reduce((sum, line) => sum + line.drops, 0);
      for (let n = 0; n < 90 || drops() < 8; n++) {
        act(all[Math.floor(random() * all.length)]!, n);
        if (n === 30 || n === 60) {
          await signal.kill();
          await signal.start();
        }
        // A beat between actions, so that they meet the line in every state it has.
        await new Promise((resolve) => setTimeout(resolve, random() * 30));
      }
      for (const line of lines) line.on = false;
      await Promise.all(answers);
      await inside(...all);

      const wanted = all.map((rig) => rig.local.state.get().wanted);
      for (const rig of all)
        await until(rig.session.view, ({ room, phase }) =>
          people.every((id, i) => {
            const seat = room?.participants[id];
            return (
              phase.name === 'connected' &&
              seat?.presence.status === 'here' &&
              seat.publications.microphone?.muted === !wanted[i]?.microphone &&
              seat.publications.camera?.muted === !wanted[i]?.camera
            );
          }),
        );
      await expect.poll(() => new Set(all.map((rig) => roomOf(rig).revision)).size).toBe(1);
      for (const rig of all) expect(roomOf(rig)).toEqual(roomOf(all[0]!));
      // What was answered with ok is there, once; nothing is there twice.
      const texts = roomOf(all[0]!).chat.map(({ text }) => text);
      expect(new Set(texts).size).toBe(texts.length);
      expect(said.filter((text) => !texts.includes(text))).toEqual([]);
      // Most of it came through all the same.
      expect(said.length).toBeGreaterThan(20);
      // Nobody's peer was given up: no `left` event ever came.
      for (const rig of all) {
        const seen = rig.transport.remotesHistory.map((remotes) => remotes.length);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        expect(rig.transports).toHaveLength(1);
      }
    },
    120_000,
  );
});
