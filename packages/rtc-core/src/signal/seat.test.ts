import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accept, type Result } from '@parley/protocol/refusal';
import { type LoggedEvent, openedState } from '@parley/protocol/room-state';
import { silentLogger } from '../logger';
import { codeOf, nodePlatform } from '../testing/session-rig';
import { createStore } from '../store';
import type { Connection } from './channel';
import type { Line, LineHandlers } from './line';
import { type SeatHandlers, createSeat } from './seat';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ME = 'alice-0001';
const state = openedState({
  revision: 1,
  at: 0,
  event: {
    type: 'opened',
    meeting: 'meeting-1',
    session: 'session-1',
    epoch: 'epoch-001',
    settings: { version: 1, title: 'T', maxParticipants: 8 },
  },
});
const hand = (revision: number): LoggedEvent => ({
  revision,
  at: 0,
  event: { type: 'hand-set', participant: ME, raised: true },
});

interface Sent {
  readonly name: string;
  readonly request: unknown;
  readonly answer: (answer: Result<unknown> | 'lost') => void;
}

function rig() {
  let handlers!: LineHandlers;
  const troubles: string[] = [];
  const line: Line = {
    trouble: createStore(null),
    attach: (next) => {
      handlers = next;
    },
    nudge() {},
    again(trouble) {
      troubles.push(trouble.code);
      handlers.away(trouble);
    },
    settled() {},
    close() {},
  };
  const told: string[] = [];
  const seatHandlers: SeatHandlers = {
    joined: () => told.push('joined'),
    replaced: () => told.push('replaced'),
    applied: (_state, events) => told.push(`applied ${events.map((e) => e.revision).join()}`),
    relay: ({ from }) => told.push(`relay ${from}`),
    iceServers() {},
    away: () => told.push('away'),
    refused() {},
    closed() {},
  };
  const seat = createSeat({
    line,
    platform: nodePlatform,
    logger: silentLogger,
    instance: 'instance-1',
    name: undefined,
    handlers: seatHandlers,
  });
  /** A new connection; what is sent on it waits for the test's answer. */
  const open = (): Sent[] => {
    const sent: Sent[] = [];
    const connection: Connection = {
      command: (name, request) =>
        new Promise((resolve) => sent.push({ name, request, answer: resolve as Sent['answer'] })),
      relay() {},
      close() {},
    };
    handlers.opened(connection);
    return sent;
  };
  const join = async (sent: Sent[]): Promise<void> => {
    sent[0]?.answer(accept({ you: ME, state, iceServers: [], now: 0 }));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { seat, told, troubles, open, join, handlers: () => handlers };
}

describe('a seat', () => {
  it('keeps what comes before the join is answered, and takes it in after', async () => {
    const { told, open, join, handlers } = rig();
    const sent = open();
    handlers().events([hand(2)]);
    handlers().relay({ from: 'bob-000001', fromInstance: 'i', body: { kind: 'want', sources: {} } });
    expect(told).toEqual([]);
    await join(sent);
    expect(told).toEqual(['joined', 'applied 2', 'relay bob-000001']);
  });

  it('names the session it held when it joins again, and none at first', async () => {
    const { open, join } = rig();
    const [first] = [open(), open()];
    expect(first.map(({ request }) => request)).toEqual([{ instance: 'instance-1' }]);
    await join(open());
    expect(open().map(({ request }) => request)).toEqual([{ instance: 'instance-1', session: state.session }]);
  });

  it('skips what the state already holds', async () => {
    const { told, open, join, handlers } = rig();
    await join(open());
    handlers().events([hand(2)]);
    handlers().events([hand(2), hand(3)]);
    expect(told).toEqual(['joined', 'applied 2', 'applied 3']);
  });

  it('takes the whole state when the events it is given leave a gap, too', async () => {
    const { told, open, join, handlers } = rig();
    const sent = open();
    await join(sent);
    handlers().events([hand(4)]);
    expect(sent.at(-1)?.name).toBe('catch-up');
    sent.at(-1)?.answer(accept({ kind: 'events', events: [hand(4)] }));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ name }) => name)).toEqual(['join', 'catch-up', 'catch-up']);
    expect(sent[1]?.request).toEqual({ epoch: state.epoch, revision: 1 });
    // No room has this epoch: whoever asks so gets the whole state.
    expect(sent[2]?.request).toEqual({ epoch: '--------', revision: 1 });
    sent.at(-1)?.answer(accept({ kind: 'snapshot', state: { ...state, revision: 4 } }));
    await vi.advanceTimersByTimeAsync(0);
    handlers().events([hand(5)]);
    expect(told).toEqual(['joined', 'replaced', 'applied 5']);
  });

  it('sends what waited after the rejoin, in order, and what was lost once more', async () => {
    const { seat, open, join, handlers } = rig();
    const first = open();
    await join(first);
    const one = seat.send('chat', { id: 'message-1', text: 'one' });
    handlers().away({ code: 'internal' });
    first.at(-1)?.answer('lost');
    const two = seat.send('chat', { id: 'message-2', text: 'two' });
    await vi.advanceTimersByTimeAsync(0);
    const second = open();
    await join(second);
    expect(second.map(({ name }) => name)).toEqual(['join', 'chat', 'chat']);
    second[1]?.answer('lost');
    second[2]?.answer(accept({}));
    expect(codeOf(await two)).toBe('ok');
    expect(codeOf(await one)).toBe('not-joined');
  });

  it('gives up what waited for half a minute', async () => {
    const { seat } = rig();
    const answer = seat.send('set-hand', { raised: true });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(codeOf(await answer)).toBe('not-joined');
  });

  it('does not repeat a reaction', async () => {
    const { seat, open, join } = rig();
    const sent = open();
    await join(sent);
    const answer = seat.send('react', { reaction: '👏' });
    sent.at(-1)?.answer('lost');
    expect(codeOf(await answer)).toBe('not-joined');
  });

  it('refuses what does not fit the contract without sending it', async () => {
    const { seat, open, join } = rig();
    const sent = open();
    await join(sent);
    expect(codeOf(await seat.send('chat', { id: 'message-1', text: '   ' }))).toBe('malformed');
    expect(codeOf(await seat.send('chat', { id: 'message-1', text: 'x'.repeat(4_001) }))).toBe('too-large');
    expect(sent.map(({ name }) => name)).toEqual(['join']);
  });

  it('reconnects when a probe is not answered', async () => {
    const { seat, open, join, troubles } = rig();
    const sent = open();
    await join(sent);
    seat.probe();
    expect(sent.at(-1)?.name).toBe('catch-up');
    sent.at(-1)?.answer('lost');
    await vi.advanceTimersByTimeAsync(0);
    expect(troubles).toEqual(['signal-unreachable']);
  });
});
