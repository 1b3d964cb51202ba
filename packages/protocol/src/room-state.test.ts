import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apply,
  CHAT_KEPT,
  type LoggedEvent,
  loggedEvent,
  openedState,
  type Participant,
  participantOf,
  REACTIONS,
  type RoomEvent,
  type RoomState,
  roomStateSchema,
  SOURCES,
} from './room-state';

const PEOPLE = ['ada-lovelace', 'bob-the-guest', 'carol-is-late'];
/** Ids that come from outside and name nobody; two of them are names that every object answers to. */
const STRANGERS = ['nobody-at-all', 'constructor', '__proto__'];
const TAKES = ['take-number-1', 'take-number-2'];

const opened: LoggedEvent = {
  revision: 1,
  at: 1_000,
  event: {
    type: 'opened',
    meeting: 'the-meeting',
    session: 'the-session',
    epoch: 'the-epoch',
    settings: { version: 1, title: 'Tea', maxParticipants: 8 },
  },
};

const person = fc.constantFrom(...PEOPLE);
const anyone = fc.constantFrom(...PEOPLE, ...STRANGERS);
const instance = fc.constantFrom('first-page-load', 'second-page-load');
const source = fc.constantFrom(...SOURCES);
const role = fc.constantFrom('host' as const, 'cohost' as const, 'participant' as const);
const take = fc.constantFrom(...TAKES);
const name = fc.constantFrom('Ada', 'Bob', 'Zoë 😀');

const newcomer = fc
  .record({ id: person, name, role, guest: fc.boolean(), instance, joinedAt: fc.nat() })
  .map(({ instance, ...rest }): Participant => {
    return { ...rest, presence: { status: 'here', instance }, publications: {}, handRaisedAt: null };
  });

const anyEvent: fc.Arbitrary<RoomEvent> = fc.oneof(
  newcomer.map((participant): RoomEvent => ({ type: 'joined', participant })),
  fc.record({ type: fc.constant('returned' as const), participant: anyone, instance, name, role }),
  fc.record({ type: fc.constant('went-away' as const), participant: anyone }),
  fc.record({
    type: fc.constant('left' as const),
    participant: anyone,
    why: fc.constantFrom('left' as const, 'vanished' as const, 'removed' as const, 'ended' as const),
    by: fc.constantFrom(null, ...PEOPLE),
  }),
  fc.record({ type: fc.constant('published' as const), participant: anyone, source, muted: fc.boolean() }),
  fc.record({ type: fc.constant('unpublished' as const), participant: anyone, source }),
  fc.record({ type: fc.constant('muted-set' as const), participant: anyone, source, muted: fc.boolean(), by: person }),
  fc.record({
    type: fc.constant('chat-sent' as const),
    message: fc.record({
      id: fc.constantFrom('message-1', 'message-2'),
      from: person,
      name,
      text: fc.string(),
      at: fc.nat(),
    }),
  }),
  fc.record({ type: fc.constant('hand-set' as const), participant: anyone, raised: fc.boolean() }),
  fc.record({
    type: fc.constant('reacted' as const),
    participant: anyone,
    reaction: fc.constantFrom(...REACTIONS),
  }),
  fc.record({
    type: fc.constant('take-started' as const),
    take,
    by: person,
    destination: fc.constantFrom('server' as const, 'device' as const),
  }),
  fc.record({ type: fc.constant('take-noticed' as const), take, participant: anyone }),
  fc.record({ type: fc.constant('take-stopped' as const), take, why: fc.constant('stopped' as const) }),
  fc.record({
    type: fc.constant('settings-changed' as const),
    settings: fc.record({ version: fc.nat(), title: fc.constant('Coffee'), maxParticipants: fc.constant(4) }),
  }),
  fc.record({ type: fc.constant('ended' as const), by: fc.constantFrom(null, ...PEOPLE) }),
);

const anyLog = fc
  .array(fc.tuple(anyEvent, fc.nat({ max: 1_000 })), { maxLength: 60 })
  .map((events): LoggedEvent[] => [
    opened,
    ...events.map(([event, later], i) => ({ revision: i + 2, at: 2_000 + i * 1_000 + later, event })),
  ]);

const replay = (log: readonly LoggedEvent[]): RoomState => log.slice(1).reduce(apply, openedState(log[0]!));

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/** A room with these participants seated, all of them here. */
function seated(...ids: string[]): RoomState {
  return ids.reduce<RoomState>(
    (state, id) =>
      happens(state, {
        type: 'joined',
        participant: {
          id,
          name: id,
          role: 'participant',
          guest: false,
          presence: { status: 'here', instance: 'first-page-load' },
          joinedAt: 5,
          publications: { camera: { muted: false } },
          handRaisedAt: null,
        },
      }),
    openedState(opened),
  );
}

function happens(state: RoomState, event: RoomEvent, at = 5_000): RoomState {
  return apply(freeze(state), { revision: state.revision + 1, at, event });
}

describe('apply', () => {
  test('a snapshot taken anywhere, sent as JSON, and what follows it make the whole', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(), (log, random) => {
        const cut = 1 + (random % log.length);
        const snapshot = roomStateSchema.parse(JSON.parse(JSON.stringify(replay(log.slice(0, cut)))));
        const rest = log.slice(cut).map((event) => loggedEvent.parse(JSON.parse(JSON.stringify(event))));
        expect(rest.reduce(apply, snapshot)).toEqual(replay(log));
      }),
      { numRuns: 500 },
    );
  });

  test('changes nothing it was given and always makes a state that fits the contract', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        let state = freeze(openedState(freeze(log[0]!)));
        for (const event of log.slice(1)) {
          state = freeze(apply(state, freeze(event)));
          expect(roomStateSchema.parse(state)).toEqual(state);
        }
        expect(state.revision).toBe(log.length);
      }),
      { numRuns: 300 },
    );
  });

  test('shares what an event does not touch', () => {
    const about = (event: RoomEvent): string | null =>
      'participant' in event
        ? typeof event.participant === 'string'
          ? event.participant
          : event.participant.id
        : null;
    fc.assert(
      fc.property(anyLog, (log) => {
        let state = openedState(log[0]!);
        for (const logged of log.slice(1)) {
          const next = apply(state, logged);
          for (const id of PEOPLE)
            if (id !== about(logged.event)) expect(participantOf(next, id)).toBe(participantOf(state, id));
          if (logged.event.type !== 'chat-sent') expect(next.chat).toBe(state.chat);
          if (logged.event.type !== 'settings-changed') expect(next.settings).toBe(state.settings);
          if (logged.event.type === 'chat-sent' || logged.event.type === 'reacted')
            expect(next.participants).toBe(state.participants);
          state = next;
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each(STRANGERS)('nothing happens to "%s", who has no seat', (stranger) => {
    const state = seated(PEOPLE[0]!);
    const events: RoomEvent[] = [
      { type: 'returned', participant: stranger, instance: 'first-page-load', name: 'Eve', role: 'host' },
      { type: 'went-away', participant: stranger },
      { type: 'left', participant: stranger, why: 'left', by: null },
      { type: 'published', participant: stranger, source: 'camera', muted: false },
      { type: 'unpublished', participant: stranger, source: 'camera' },
      { type: 'muted-set', participant: stranger, source: 'camera', muted: true, by: PEOPLE[0]! },
      { type: 'hand-set', participant: stranger, raised: true },
    ];
    for (const event of events) expect(happens(state, event)).toEqual({ ...state, revision: state.revision + 1 });
    expect(participantOf(state, stranger)).toBeUndefined();
  });

  test('refuses a gap, a repetition and a second opening', () => {
    const state = seated('ada-lovelace');
    const event: RoomEvent = { type: 'ended', by: null };
    for (const revision of [state.revision, state.revision + 2])
      expect(() => apply(state, { revision, at: 1, event })).toThrow(/does not follow/u);
    expect(() => apply(state, { ...opened, revision: state.revision + 1 })).toThrow(/opened once/u);
    expect(() => openedState({ revision: 2, at: 1, event: opened.event })).toThrow(/revision 1/u);
    expect(() => openedState({ revision: 1, at: 1, event })).toThrow(/begins with "opened"/u);
  });

  test('the same page that returns finds what it offered; a new page has offered nothing and shown no notice', () => {
    let state = seated('ada-lovelace', 'bob-the-guest');
    state = happens(state, { type: 'take-started', take: TAKES[0]!, by: 'bob-the-guest', destination: 'server' });
    state = happens(state, { type: 'take-noticed', take: TAKES[0]!, participant: 'ada-lovelace' });
    state = happens(state, { type: 'hand-set', participant: 'ada-lovelace', raised: true }, 6_000);
    const away = happens(state, { type: 'went-away', participant: 'ada-lovelace' }, 7_000);
    expect(participantOf(away, 'ada-lovelace')?.presence).toEqual({
      status: 'away',
      instance: 'first-page-load',
      since: 7_000,
    });
    const back = { type: 'returned' as const, participant: 'ada-lovelace', name: 'Ada', role: 'host' as const };

    const samePage = happens(away, { ...back, instance: 'first-page-load' });
    expect(participantOf(samePage, 'ada-lovelace')).toMatchObject({
      name: 'Ada',
      role: 'host',
      presence: { status: 'here', instance: 'first-page-load' },
      publications: { camera: { muted: false } },
      handRaisedAt: 6_000,
    });
    expect(samePage.take?.noticed).toEqual(['ada-lovelace']);

    const newPage = happens(away, { ...back, instance: 'second-page-load' });
    expect(participantOf(newPage, 'ada-lovelace')?.publications).toEqual({});
    expect(participantOf(newPage, 'ada-lovelace')?.handRaisedAt).toBe(6_000);
    expect(newPage.take?.noticed).toEqual([]);
  });

  test('who is removed may not come back, even without a seat; who leaves may', () => {
    const state = seated('ada-lovelace');
    const left = happens(state, { type: 'left', participant: 'ada-lovelace', why: 'left', by: null });
    expect([left.participants, left.removed]).toEqual([{}, []]);
    const removed = happens(left, { type: 'left', participant: 'ada-lovelace', why: 'removed', by: null });
    expect(removed.removed).toEqual(['ada-lovelace']);
    expect(happens(removed, { type: 'left', participant: 'ada-lovelace', why: 'removed', by: null }).removed).toEqual([
      'ada-lovelace',
    ]);
  });

  test('the hand keeps the time it first went up', () => {
    let state = happens(seated('ada-lovelace'), { type: 'hand-set', participant: 'ada-lovelace', raised: true }, 6_000);
    state = happens(state, { type: 'hand-set', participant: 'ada-lovelace', raised: true }, 9_000);
    expect(participantOf(state, 'ada-lovelace')?.handRaisedAt).toBe(6_000);
    state = happens(state, { type: 'hand-set', participant: 'ada-lovelace', raised: false });
    expect(participantOf(state, 'ada-lovelace')?.handRaisedAt).toBeNull();
  });

  test('keeps the last messages of the chat', () => {
    let state = seated('ada-lovelace');
    for (let i = 0; i < CHAT_KEPT + 3; i++)
      state = happens(state, {
        type: 'chat-sent',
        message: { id: `message-${i}`, from: 'ada-lovelace', name: 'Ada', text: 'hello', at: i },
      });
    expect(state.chat).toHaveLength(CHAT_KEPT);
    expect(state.chat[0]?.id).toBe('message-3');
  });

  test('a notice or a stop for another take changes nothing', () => {
    let state = seated('ada-lovelace');
    state = happens(state, { type: 'take-started', take: TAKES[0]!, by: 'ada-lovelace', destination: 'device' }, 8_000);
    expect(state.take).toEqual({
      id: TAKES[0],
      by: 'ada-lovelace',
      destination: 'device',
      startedAt: 8_000,
      noticed: [],
    });
    expect(happens(state, { type: 'take-noticed', take: TAKES[1]!, participant: 'ada-lovelace' }).take).toBe(
      state.take,
    );
    expect(happens(state, { type: 'take-stopped', take: TAKES[1]!, why: 'stopped' }).take).toBe(state.take);
    expect(happens(state, { type: 'take-stopped', take: TAKES[0]!, why: 'stopped' }).take).toBeNull();
    expect(happens(state, { type: 'ended', by: null })).toMatchObject({ ended: true, take: null });
  });
});
