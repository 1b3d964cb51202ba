import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Refusal } from '@parley/protocol/refusal';
import { silentLogger } from '../logger';
import { nodePlatform } from '../testing/session-rig';
import type { Connect, ConnectionHandlers } from './channel';
import { type LineHandlers, createLine, pauseBefore } from './line';
import { TicketRefused, createTickets } from './tickets';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A ticket good for two minutes. */
const ticket = (n: number): string => `x.${btoa(JSON.stringify({ iat: 0, exp: 120 }))}.${n}`;

function rig(getTicket?: (last: string | null) => Promise<string>) {
  const attempts: { handlers: ConnectionHandlers; ticket: string; closed: boolean; commands: string[] }[] = [];
  const iceServers = [{ urls: ['turn:a.example'], username: '1:a', credential: 'c' }];
  const connect: Connect = (_url, secret, handlers) => {
    const attempt = { handlers, ticket: secret.reveal(), closed: false, commands: [] as string[] };
    attempts.push(attempt);
    return {
      command(name) {
        attempt.commands.push(name);
        return Promise.resolve({ ok: true, value: { iceServers } as never });
      },
      relay() {},
      close() {
        attempt.closed = true;
      },
    };
  };
  let asked = 0;
  const platform = { ...nodePlatform, now: () => Date.now() };
  const tickets = createTickets(getTicket ?? (() => Promise.resolve(ticket(++asked))), {
    platform,
    logger: silentLogger,
  });
  const line = createLine({ url: '', connect, tickets, platform, logger: silentLogger, random: () => 1 });
  const told: string[] = [];
  const handlers: LineHandlers = {
    opened: () => told.push('opened'),
    events() {},
    relay() {},
    iceServers: (servers) => told.push(`ICE servers ${servers.length}`),
    away: ({ code }) => told.push(`away ${code}`),
    refused: ({ code }) => told.push(`refused ${code}`),
    closed: ({ code }) => told.push(`closed ${code}`),
  };
  line.attach(handlers);
  const last = () => attempts.at(-1)!;
  return { line, tickets, attempts, told, last, handlers };
}

describe('pauses', () => {
  it('begin at 0.2 s, double, and end at 5 s; half of each is chance', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => pauseBefore(n, () => 1))).toEqual([
      200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ]);
    expect(pauseBefore(9, () => 0)).toBe(2_500);
  });

  it('a line that never opens is tried for ever', async () => {
    const { attempts, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    for (let n = 1; n <= 20; n++) {
      expect(attempts).toHaveLength(n);
      last().handlers.lost(new Error('no'));
      await vi.advanceTimersByTimeAsync(5_000);
    }
  });

  it('are short again once the connection has served', async () => {
    const { line, attempts, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    for (let n = 0; n < 6; n++) {
      last().handlers.lost(new Error('no'));
      await vi.advanceTimersByTimeAsync(5_000);
    }
    last().handlers.opened();
    line.settled();
    const before = attempts.length;
    last().handlers.lost(new Error('no'));
    await vi.advanceTimersByTimeAsync(200);
    expect(attempts).toHaveLength(before + 1);
  });

  it('end at once when the network is back', async () => {
    const { line, attempts, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.lost(new Error('no'));
    line.nudge();
    line.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveLength(2);
  });
});

describe('an attempt that hangs when the network is back', () => {
  it('is given up for another: the ticket was asked for and never came', async () => {
    let asked = 0;
    const { line, attempts } = rig(() => (++asked === 1 ? new Promise(() => {}) : Promise.resolve(ticket(asked))));
    await vi.advanceTimersByTimeAsync(1_000);
    line.nudge();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toBe(1);
    line.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts.map((a) => a.ticket)).toEqual([ticket(2)]);
  });

  it('is given up for another: the connection does not open', async () => {
    const { line, attempts, told, last } = rig();
    await vi.advanceTimersByTimeAsync(2_000);
    line.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts.map(({ closed }) => closed)).toEqual([true, false]);
    last().handlers.opened();
    await vi.advanceTimersByTimeAsync(2_000);
    line.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveLength(2);
    expect(told).toEqual(['opened']);
  });
});

describe('refusals', () => {
  it.each<[Refusal['code'], string]>([
    ['room-full', 'refused room-full'],
    ['version-mismatch', 'refused version-mismatch'],
    ['removed', 'refused removed'],
  ])('%s is final', async (code, expected) => {
    const { attempts, told, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.refused({ code });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([expected]);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.closed).toBe(true);
  });

  it('an expired ticket is replaced at once, but not for ever', async () => {
    const { attempts, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.refused({ code: 'ticket-expired' });
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts.map((a) => a.ticket.at(-1))).toEqual(['1', '2']);
    last().handlers.refused({ code: 'ticket-expired' });
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(400);
    expect(attempts).toHaveLength(3);
  });

  it('being closed for good ends the line, a restart does not', async () => {
    const { attempts, told, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
    last().handlers.closed({ code: 'shutting-down' });
    await vi.advanceTimersByTimeAsync(200);
    expect(attempts).toHaveLength(2);
    last().handlers.opened();
    last().handlers.closed({ code: 'seat-taken' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toHaveLength(2);
    expect(told).toEqual(['opened', 'away shutting-down', 'opened', 'closed seat-taken']);
  });

  it('what ended before anybody listened is told to who comes', async () => {
    const { told, handlers, line } = rig(() => Promise.reject(new TicketRefused({ code: 'not-allowed' })));
    await vi.advanceTimersByTimeAsync(0);
    line.attach(handlers);
    expect(told).toEqual(['refused not-allowed', 'refused not-allowed']);
  });
});

describe('an old connection', () => {
  it('is heard no more when a new one is made', async () => {
    const { line, attempts, told, last } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
    line.again({ code: 'internal' });
    await vi.advanceTimersByTimeAsync(200);
    expect(attempts[0]?.closed).toBe(true);
    attempts[0]?.handlers.lost(new Error('late'));
    attempts[0]?.handlers.closed({ code: 'seat-taken' });
    expect(told).toEqual(['opened', 'away internal']);
  });
});

describe('tickets', () => {
  it('are replaced at half their life while the line is open', async () => {
    const { last, told } = rig();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(last().commands).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last().commands).toEqual(['refresh-ticket']);
    expect(told).toEqual(['opened', 'ICE servers 1']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last().commands).toEqual(['refresh-ticket', 'refresh-ticket']);
  });

  it('are asked for again, with the last, when web was away at half time', async () => {
    const lasts: (string | null)[] = [];
    let web = true;
    const { told, last, attempts } = rig((given) => {
      lasts.push(given);
      return web ? Promise.resolve(ticket(lasts.length)) : Promise.reject(new Error('503'));
    });
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
    web = false;
    await vi.advanceTimersByTimeAsync(60_000 + 5_000 + 10_000);
    expect(told).toEqual(['opened']);
    web = true;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(last().commands).toEqual(['refresh-ticket']);
    expect(attempts).toHaveLength(1);
    expect(new Set(lasts)).toEqual(new Set([null, ticket(1)]));
  });

  it('that are over are not shown again', async () => {
    let web = true;
    let n = 0;
    const { last, attempts, told } = rig(() => (web ? Promise.resolve(ticket(++n)) : Promise.reject(new Error('503'))));
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
    web = false;
    await vi.advanceTimersByTimeAsync(116_000);
    last().handlers.lost(new Error('gone'));
    await vi.advanceTimersByTimeAsync(200);
    expect(attempts).toHaveLength(1);
    expect(told.at(-1)).toBe('away ticket-unavailable');
    web = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(attempts).toHaveLength(2);
    expect(attempts[1]?.ticket).toBe(ticket(2));
  });
});
