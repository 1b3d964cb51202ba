import {
  apply,
  type LoggedEvent,
  openedState,
  type Participant,
  type Role,
  type RoomEvent,
  type RoomState,
} from '@parley/protocol/room-state';
import { TAKE_PERMIT_AUDIENCE, TICKET_ISSUER } from '@parley/protocol/ticket';
import { describe, expect, test } from 'vitest';
import { type Circumstances, decide, departure, ending, type Question, settlement } from './decide';
import { ticketClaimsOf } from './testing';

const NOW = 1_800_000_000_000;
const HERE: Circumstances = { now: NOW, maxParticipants: 8 };
const MEETING = 'meeting-of-the-test';
const [ME, OTHER, HOST, STRANGER] = ['me-myself-and', 'other-person', 'host-of-it-all', 'stranger-danger'];
const TAKE = 'take-of-the-test';

const opened: LoggedEvent = {
  revision: 1,
  at: NOW,
  event: {
    type: 'opened',
    meeting: MEETING,
    session: 'session-1',
    epoch: 'epoch-01',
    settings: { version: 1, title: 'A meeting', maxParticipants: 100 },
  },
};

const happens = (state: RoomState, ...events: readonly RoomEvent[]): RoomState =>
  events.reduce((s, event) => apply(s, { revision: s.revision + 1, at: NOW, event }), state);

const seat = (id: string, role: Role, more: Partial<Participant> = {}): RoomEvent => ({
  type: 'joined',
  participant: {
    id,
    name: id,
    role,
    guest: false,
    presence: { status: 'here', instance: 'first-page-load' },
    joinedAt: NOW,
    publications: { camera: { muted: false }, microphone: { muted: true } },
    handRaisedAt: null,
    ...more,
  },
});

const recording = (by: string): RoomEvent => ({ type: 'take-started', take: TAKE, by, destination: 'server' });
const empty = openedState(opened);
/** I am seated with `role`, beside a participant and a host. */
const room = (role: Role) => happens(empty, seat(ME, role), seat(OTHER, 'participant'), seat(HOST, 'host'));

const permit = (more: object = {}): Extract<Question, { name: 'start-take' }> => ({
  name: 'start-take',
  permit: {
    iss: TICKET_ISSUER,
    aud: TAKE_PERMIT_AUDIENCE,
    meeting: MEETING,
    participant: ME,
    take: TAKE,
    destination: 'server',
    iat: NOW / 1_000,
    exp: NOW / 1_000 + 60,
    ...more,
  },
});
const claims = (more: Parameters<typeof ticketClaimsOf>[0] = {}) =>
  ticketClaimsOf({ participant: ME, name: ME, ...more }, NOW);
const join = (more: Parameters<typeof claims>[0] = {}, name?: string, session?: string): Question => ({
  name: 'join',
  request: {
    instance: 'second-page-load',
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
  },
  claims: claims(more),
  superseded: false,
  entriesFrom: 0,
});

/** The types of the events, or the refusal's code. */
function verdict(state: RoomState, question: Question, actor = ME, circumstances = HERE): string {
  const decision = decide(state, actor, question, circumstances);
  return decision.ok ? decision.events.map((event) => event.type).join(' ') || 'already' : decision.refusal.code;
}

const withTake = (by: string) => (state: RoomState) => happens(state, recording(by));
const asIs = (state: RoomState) => state;

/** Every command, asked by a participant, a cohost, a host, someone without a seat, and in a room that has ended. */
const TABLE: readonly {
  asks: string;
  question: Question;
  given?: (state: RoomState) => RoomState;
  participant: string;
  cohost: string;
  host: string;
  unseated?: string;
}[] = [
  ...same('join', join(), 'returned', { unseated: 'joined' }),
  ...same('leave', { name: 'leave', request: { why: 'left' } }, 'left'),
  ...same('leave by unload', { name: 'leave', request: { why: 'unload' } }, 'went-away'),
  ...same('leave by unload while recording', { name: 'leave', request: { why: 'unload' } }, 'went-away take-stopped', {
    given: withTake(ME),
  }),
  ...same('publish', { name: 'publish', request: { source: 'screen', muted: false } }, 'published'),
  ...same('publish again', { name: 'publish', request: { source: 'camera', muted: false } }, 'already'),
  ...same('publish otherwise', { name: 'publish', request: { source: 'camera', muted: true } }, 'published'),
  ...same('unpublish', { name: 'unpublish', request: { source: 'camera' } }, 'unpublished'),
  ...same('unpublish what is not', { name: 'unpublish', request: { source: 'screen' } }, 'already'),
  ...same('mute', { name: 'set-muted', request: { source: 'camera', muted: true } }, 'muted-set'),
  ...same('mute again', { name: 'set-muted', request: { source: 'microphone', muted: true } }, 'already'),
  ...same('unmute oneself', { name: 'set-muted', request: { source: 'microphone', muted: false } }, 'muted-set'),
  ...same('mute what is not', { name: 'set-muted', request: { source: 'screen', muted: true } }, 'not-found'),
  ...same('chat', { name: 'chat', request: { id: 'message-1', text: 'hello' } }, 'chat-sent'),
  ...same('raise the hand', { name: 'set-hand', request: { raised: true } }, 'hand-set'),
  ...same('lower what is down', { name: 'set-hand', request: { raised: false } }, 'already'),
  ...same('react', { name: 'react', request: { reaction: '🎉' } }, 'reacted'),
  ...same('notice a take', { name: 'notice-take', request: { take: TAKE } }, 'take-noticed', { given: withTake(HOST) }),
  ...same('notice no take', { name: 'notice-take', request: { take: TAKE } }, 'not-found'),
  ...same('stop no take', { name: 'stop-take', request: { take: TAKE } }, 'not-found'),
  ...same('stop my take', { name: 'stop-take', request: { take: TAKE } }, 'take-stopped', { given: withTake(ME) }),
  ...hosts('stop their take', { name: 'stop-take', request: { take: TAKE } }, 'take-stopped', withTake(HOST)),
  ...hosts('start a take', permit(), 'take-started'),
  ...hosts('start it again', permit(), 'already', withTake(ME)),
  ...hosts('start a second take', permit({ take: 'another-take-2' }), 'already-recording', withTake(HOST)),
  ...hosts('start by a permit of another', permit({ participant: OTHER }), 'not-permitted-take'),
  ...hosts('start by a permit from elsewhere', permit({ meeting: 'another-meeting' }), 'not-permitted-take'),
  ...hosts('mute them', ask('mute-participant', { participant: OTHER, source: 'camera' }), 'muted-set'),
  ...hosts('mute the muted', ask('mute-participant', { participant: OTHER, source: 'microphone' }), 'already'),
  ...hosts('mute nothing', ask('mute-participant', { participant: OTHER, source: 'screen' }), 'not-found'),
  ...hosts('mute nobody', ask('mute-participant', { participant: STRANGER, source: 'camera' }), 'not-found'),
  ...hosts('mute "__proto__"', ask('mute-participant', { participant: '__proto__', source: 'camera' }), 'not-found'),
  ...hosts(
    'mute "constructor"',
    ask('mute-participant', { participant: 'constructor', source: 'camera' }),
    'not-found',
  ),
  ...hosts('mute the host', ask('mute-participant', { participant: HOST, source: 'camera' }), 'muted-set'),
  ...hosts('remove them', ask('remove-participant', { participant: OTHER }), 'left'),
  ...hosts('remove nobody', ask('remove-participant', { participant: STRANGER }), 'not-found'),
  ...hosts('remove "__proto__"', ask('remove-participant', { participant: '__proto__' }), 'not-found'),
  ...hosts('remove myself', ask('remove-participant', { participant: ME }), 'not-allowed'),
  {
    asks: 'remove the host',
    question: ask('remove-participant', { participant: HOST }),
    participant: 'not-allowed',
    cohost: 'not-allowed',
    host: 'left',
  },
  ...hosts('end the room', { name: 'end-room', request: {} }, 'left left left ended'),
  ...same('refresh the same ticket', { name: 'refresh-ticket', claims: claims() }, '', {
    each: { participant: 'already', cohost: 'returned', host: 'returned' },
  }),
];

function ask<N extends 'mute-participant' | 'remove-participant'>(
  name: N,
  request: Extract<Question, { name: N; request: unknown }>['request'],
): Question {
  return { name, request } as Question;
}

function same(
  asks: string,
  question: Question,
  result: string,
  more: {
    given?: (state: RoomState) => RoomState;
    unseated?: string;
    each?: Record<Role, string>;
  } = {},
) {
  const { each = { participant: result, cohost: result, host: result }, ...rest } = more;
  return [{ asks, question, ...each, ...rest }];
}

function hosts(asks: string, question: Question, result: string, given = asIs) {
  return [{ asks, question, given, participant: 'not-allowed', cohost: result, host: result }];
}

describe('every role and every command', () => {
  for (const { asks, question, given = asIs, unseated = 'not-joined', ...roles } of TABLE) {
    for (const role of ['participant', 'cohost', 'host'] as const)
      test(`${role}: ${asks} -> ${roles[role]}`, () => {
        expect(verdict(given(room(role)), question)).toBe(roles[role]);
      });
    test(`without a seat: ${asks} -> ${unseated}`, () => {
      expect(verdict(given(happens(empty, seat(OTHER, 'participant'), seat(HOST, 'host'))), question)).toBe(unseated);
    });
    test(`in a room that has ended: ${asks} -> room-ended`, () => {
      expect(verdict(happens(given(room('host')), { type: 'ended', by: null }), question)).toBe('room-ended');
    });
  }

  test('the table asks every command there is', () => {
    const asked = new Set(TABLE.map(({ question }) => question.name));
    const all: Record<Question['name'], true> = {
      join: true,
      leave: true,
      'refresh-ticket': true,
      publish: true,
      unpublish: true,
      'set-muted': true,
      chat: true,
      'set-hand': true,
      react: true,
      'start-take': true,
      'notice-take': true,
      'stop-take': true,
      'mute-participant': true,
      'remove-participant': true,
      'end-room': true,
    };
    expect([...asked].sort()).toEqual(Object.keys(all).sort());
  });
});

describe('join', () => {
  test('seats the newcomer as the ticket says', () => {
    const decision = decide(empty, ME, join({ role: 'cohost', guest: true, name: null }, 'Zoë'), HERE);
    expect(decision).toMatchObject({
      events: [
        {
          type: 'joined',
          participant: { id: ME, name: 'Zoë', role: 'cohost', guest: true, joinedAt: NOW },
        },
      ],
    });
  });
  test("a user's name comes from the ticket, whatever they type", () => {
    expect(decide(empty, ME, join({ name: 'Ada' }, 'Somebody Else'), HERE)).toMatchObject({
      events: [{ participant: { name: 'Ada' } }],
    });
  });
  test('a guest without a name is refused, unless the seat has one', () => {
    expect(verdict(empty, join({ name: null }))).toBe('malformed');
    expect(decide(room('participant'), ME, join({ name: null }), HERE)).toMatchObject({ events: [{ name: ME }] });
  });
  test('whoever was removed is refused', () => {
    const removed = happens(room('participant'), { type: 'left', participant: ME, why: 'removed', by: HOST });
    expect(verdict(removed, join())).toBe('removed');
    expect(verdict(removed, join({ role: 'host' }))).toBe('removed');
  });
  test('a page of an earlier session does not take the seat of another page; of this session, or unasked, it does', () => {
    const state = room('participant');
    expect(verdict(state, join({}, undefined, 'session-0'))).toBe('seat-taken');
    expect(verdict(happens(state, { type: 'went-away', participant: ME }), join({}, undefined, 'session-0'))).toBe(
      'seat-taken',
    );
    expect(verdict(state, join({}, undefined, state.session))).toBe('returned');
    const mine = happens(empty, seat(ME, 'host', { presence: { status: 'here', instance: 'second-page-load' } }));
    expect(verdict(mine, join({}, undefined, 'session-0'))).toBe('returned');
    expect(verdict(empty, join({}, undefined, 'session-0'))).toBe('joined');
  });
  test('a full room refuses the next, not who has a seat; the smaller limit counts', () => {
    const state = room('participant');
    const at = (maxParticipants: number) => ({ now: NOW, maxParticipants });
    expect(verdict(state, join({ participant: STRANGER }), STRANGER, at(3))).toBe('room-full');
    expect(verdict(state, join({ participant: STRANGER }), STRANGER, at(4))).toBe('joined');
    expect(verdict(state, join(), ME, at(3))).toBe('returned');
    const settings = { version: 2, title: 'Small', maxParticipants: 3 };
    expect(verdict(state, join({ participant: STRANGER, settings }), STRANGER, at(8))).toBe('room-full');
    expect(
      verdict(
        happens(state, { type: 'went-away', participant: OTHER }),
        join({ participant: STRANGER }),
        STRANGER,
        at(3),
      ),
    ).toBe('room-full');
  });
  test('newer settings come with a ticket, older ones change nothing', () => {
    expect(verdict(room('participant'), join({ settings: { version: 2, title: 'New' } }))).toBe(
      'settings-changed returned',
    );
    expect(verdict(room('participant'), join({ settings: { version: 0, title: 'Old' } }))).toBe('returned');
  });
});

describe('a newer ticket', () => {
  test('brings role, name and settings to the seat', () => {
    const question: Question = {
      name: 'refresh-ticket',
      claims: claims({ role: 'cohost', name: 'New Name', settings: { version: 9 } }),
    };
    expect(decide(room('participant'), ME, question, HERE)).toMatchObject({
      events: [
        { type: 'settings-changed', settings: { version: 9 } },
        { type: 'returned', participant: ME, instance: 'first-page-load', name: 'New Name', role: 'cohost' },
      ],
    });
  });
  test("leaves a guest's own name", () => {
    expect(verdict(room('participant'), { name: 'refresh-ticket', claims: claims({ name: null }) })).toBe('already');
  });
});

describe('chat', () => {
  const chat = (id: string, text = 'hello'): Question => ({ name: 'chat', request: { id, text } });
  test('a message sent again adds nothing; an id of another is refused', () => {
    const decision = decide(room('participant'), ME, chat('message-1'), HERE);
    if (!decision.ok) throw new Error('refused');
    expect(decision.events).toEqual([
      { type: 'chat-sent', message: { id: 'message-1', from: ME, name: ME, text: 'hello', at: NOW } },
    ]);
    const after = happens(room('participant'), ...decision.events);
    expect(verdict(after, chat('message-1', 'other words'))).toBe('already');
    expect(verdict(after, chat('message-1'), OTHER)).toBe('malformed');
    expect(verdict(after, chat('message-2'))).toBe('chat-sent');
  });
});

describe('takes', () => {
  test('a new page of who records ends the take: that page records nothing', () => {
    const state = withTake(ME)(room('host'));
    expect(verdict(state, join())).toBe('returned take-stopped');
    const request = { instance: 'first-page-load' };
    const samePage: Question = { name: 'join', request, claims: claims(), superseded: false, entriesFrom: 0 };
    expect(verdict(state, samePage)).toBe('returned');
    expect(verdict(withTake(HOST)(room('host')), join())).toBe('returned');
  });

  test('the reply names the take, also when it already runs', () => {
    for (const state of [room('host'), withTake(ME)(room('host'))])
      expect(decide(state, ME, permit(), HERE)).toMatchObject({ ok: true, reply: { take: TAKE } });
  });
  test('a notice is confirmed once', () => {
    const state = happens(withTake(HOST)(room('participant')), { type: 'take-noticed', take: TAKE, participant: ME });
    expect(verdict(state, { name: 'notice-take', request: { take: TAKE } })).toBe('already');
  });
  test('end with who records, with the room and with the meeting', () => {
    const state = withTake(HOST)(room('participant'));
    expect(departure(state, HOST, 'vanished', null)).toEqual([
      { type: 'left', participant: HOST, why: 'vanished', by: null },
      { type: 'take-stopped', take: TAKE, why: 'recorder-left' },
    ]);
    expect(departure(state, OTHER, 'left', null)).toHaveLength(1);
    const alone = happens(empty, seat(ME, 'host'), recording(ME));
    expect(departure(alone, ME, 'left', null)).toEqual([
      { type: 'left', participant: ME, why: 'left', by: null },
      { type: 'take-stopped', take: TAKE, why: 'room-empty' },
      { type: 'ended', by: null },
    ]);
    expect(ending(state, HOST)[0]).toEqual({ type: 'take-stopped', take: TAKE, why: 'ended' });
  });
  test('do not end while the recorder is only away', () => {
    expect(settlement(happens(withTake(HOST)(room('participant')), { type: 'went-away', participant: HOST }))).toEqual(
      [],
    );
  });
});

describe('settlement', () => {
  test('an orderly room needs none; an empty one ends; an ended one stays as it is', () => {
    expect(settlement(room('host'))).toEqual([]);
    expect(settlement(empty)).toEqual([{ type: 'ended', by: null }]);
    expect(settlement(happens(empty, { type: 'ended', by: null }))).toEqual([]);
    expect(ending(happens(empty, { type: 'ended', by: null }), null)).toEqual([]);
  });
});
