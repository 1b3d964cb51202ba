import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { LoggedEvent } from '@parley/protocol/room-state';
import { REPORT_PATH, report, SIGNATURE_HEADER, verifyBody } from '@parley/protocol/service-calls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RoomLog } from './room-log';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal, type StartOptions, TEST_REPORT_SECRET } from './testing';

/** Web's side of reports: checks signatures, stores by (session, revision), and answers as told. */
class Web {
  readonly stored = new Map<string, LoggedEvent[]>();
  readonly bodies: string[] = [];
  /** Instead of storing. */
  answer: number | null = null;
  /** The meeting was deleted. */
  gone = false;
  #server: Server | null = null;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get events(): LoggedEvent[] {
    return [...this.stored.values()].flat();
  }

  async open(): Promise<this> {
    const server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        this.bodies.push(body);
        const signature = request.headers[SIGNATURE_HEADER] as string;
        const good = await verifyBody(TEST_REPORT_SECRET, body, signature, clock.now());
        if (!good || request.method !== 'POST' || request.url !== REPORT_PATH) return response.writeHead(401).end();
        if (this.answer !== null) return response.writeHead(this.answer).end();
        const { session, events } = report.parse(JSON.parse(body));
        if (this.gone) return response.end(JSON.stringify({ stored: events.at(-1)!.revision, gone: true }));
        const known = this.stored.get(session) ?? [];
        for (const event of events) if (event.revision === known.length + 1) known.push(event);
        this.stored.set(session, known);
        response.end(JSON.stringify({ stored: known.length }));
      })();
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(null)));
    this.#server = null;
  }

  /** Lets `clock` run until `condition` holds: reports gather and back off by it. */
  async until(clock: ManualClock, condition: () => boolean): Promise<void> {
    await expect
      .poll(
        () => {
          clock.advance(1_000);
          return condition();
        },
        { timeout: 20_000, interval: 5 },
      )
      .toBe(true);
  }
}

let web: Web;
let clock: ManualClock;
let signal: Awaited<ReturnType<typeof startSignal>>;
beforeEach(async () => {
  web = await new Web().open();
  clock = new ManualClock();
  signal = await start();
});
afterEach(async () => {
  await signal.stop();
  await web.close();
});

const start = (options: StartOptions = {}) => startSignal({ clock, webUrl: web.url, ...options });
const files = () => readdirSync(path.join(signal.dataDir, 'signal')).filter((name) => !name.startsWith('.'));
/** Signal has written down that web has all events of its only session up to `revision`: what follows from that has begun. */
const heardOf = (revision: number) =>
  expect
    .poll(() => {
      const cursor = files().find((name) => name.endsWith('.reported'));
      return cursor && readFileSync(path.join(signal.dataDir, 'signal', cursor), 'utf8');
    })
    .toBe(String(revision));
const health = async () => (await (await fetch(`${signal.url}/health`)).json()) as { status: string; parts: object };

async function seated(): Promise<TestClient> {
  const client = await connect(signal, { participant: 'ada-lovelace', role: 'host' });
  await client.join();
  return client;
}

async function chat(client: TestClient, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i++) await client.ask('chat', { id: `message-${i}`, text: `number ${i}` });
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test('web hears everything once, in order, from the opening to the end; then the log goes', async () => {
  const ada = await seated();
  await chat(ada, 1, 10);
  await web.until(clock, () => web.events.length === 12);
  await ada.ask('leave', { why: 'left' });
  await web.until(clock, () => web.events.length === 14);
  expect(web.events.map(({ revision }) => revision)).toEqual(numbered(14));
  expect(web.events.map(({ event }) => event.type)).toEqual([
    'opened',
    'joined',
    ...Array.from({ length: 10 }, () => 'chat-sent'),
    'left',
    'ended',
  ]);
  expect(report.parse(JSON.parse(web.bodies[0]!))).toMatchObject({ meeting: 'meeting-of-the-test' });
  await web.until(clock, () => files().length === 0);
});

test('while web is away the room goes on; when it comes back it hears what it missed', async () => {
  const ada = await seated();
  await web.until(clock, () => web.events.length === 2);
  await web.close();
  await chat(ada, 1, 5);
  await web.until(clock, () => signal.server.rooms.reports.webAway);
  expect(await health()).toMatchObject({ status: 'ok', parts: { web: 'away' } });
  await chat(ada, 6, 10);
  await web.open();
  await web.until(clock, () => web.events.length === 12);
  expect(web.events.map(({ revision }) => revision)).toEqual(numbered(12));
  await expect.poll(health).toMatchObject({ status: 'ok', parts: { web: 'ok' } });
});

test.each([500, 401, 404])('an answer of %i counts as away, and nothing is given up', async (status) => {
  web.answer = status;
  const ada = await seated();
  await web.until(clock, () => web.bodies.length >= 3);
  expect(signal.server.rooms.reports.webAway).toBe(true);
  web.answer = null;
  await chat(ada, 1, 1);
  await web.until(clock, () => web.events.length === 3);
});

test('between attempts it waits longer and longer', async () => {
  web.answer = 503;
  const asked = vi.spyOn(clock, 'after');
  await seated();
  await web.until(clock, () => web.bodies.length >= 9);
  // Others wait for 200 ms to gather events and for 2 s to look at the lines. A quarter of each wait, to either side, is chance.
  const waits = asked.mock.calls.map(([ms]) => ms).filter((ms) => ms !== 200 && ms !== 2_000);
  for (const [i, full] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
    expect(waits[i]).toBeGreaterThanOrEqual(full * 0.75);
    expect(waits[i]).toBeLessThanOrEqual(full * 1.25);
  }
});

test('a web that asks for what a shortened log no longer holds ends the reports, not the room', async () => {
  await signal.stop();
  signal = await start({ compactBytes: 500 });
  const ada = await seated();
  await chat(ada, 1, 20);
  await web.until(clock, () => web.events.length === 22);
  const log = path.join(
    signal.dataDir,
    'signal',
    files().find((f) => f.endsWith('.jsonl'))!,
  );
  await expect.poll(() => readFileSync(log, 'utf8').startsWith('{"snapshot"')).toBe(true);
  web.stored.clear();
  await chat(ada, 21, 21);
  await web.until(clock, () => web.bodies.length >= 2);
  await ada.ask('leave', { why: 'left' });
  await web.until(clock, () => files().length === 0);
  expect(web.events).toEqual([]);
});

test('a room whose meeting web has deleted ends, though nobody told signal so at the time', async () => {
  const ada = await seated();
  await web.until(clock, () => web.events.length === 2);
  web.gone = true;
  await chat(ada, 1, 1);
  await web.until(clock, () => ada.closed.length > 0);
  expect(ada.closed).toEqual([{ code: 'room-ended' }]);
  expect(ada.events.at(-1)?.event).toEqual({ type: 'ended', by: null });
  await web.until(clock, () => files().length === 0);
  expect(signal.server.rooms.counts).toEqual({ rooms: 0, participants: 0 });
});

test('what web lost is sent again, from where it says it stands', async () => {
  const ada = await seated();
  await chat(ada, 1, 8);
  await web.until(clock, () => web.events.length === 10);
  for (const events of web.stored.values()) events.length = 4;
  await chat(ada, 9, 9);
  await web.until(clock, () => web.events.length === 11);
  expect(web.events.map(({ revision }) => revision)).toEqual(numbered(11));
});

test('after SIGKILL it goes on where web stands, also for sessions that had ended', async () => {
  await web.close();
  const ada = await seated();
  await chat(ada, 1, 5);
  await ada.ask('leave', { why: 'left' });
  const again = await seated();
  await chat(again, 6, 7);
  await signal.kill();
  await web.open();
  signal = await start({ dataDir: signal.dataDir, keys: signal.keys });
  await web.until(clock, () => [...web.stored.values()].some((events) => events.at(-1)?.event.type === 'ended'));
  await web.until(clock, () => web.stored.size === 2);
  for (const events of web.stored.values()) expect(events.map((e) => e.revision)).toEqual(numbered(events.length));
  expect(web.events.filter(({ event }) => event.type === 'chat-sent')).toHaveLength(7);
});

test('a session that the process left between its last two events is settled after a restart, and web hears the end', async () => {
  const ada = await seated();
  await web.until(clock, () => web.events.length === 2);
  await web.close();
  await ada.ask('leave', { why: 'left' });
  await signal.kill();
  const log = path.join(
    signal.dataDir,
    'signal',
    files().find((f) => f.endsWith('.jsonl'))!,
  );
  const lines = readFileSync(log, 'utf8').split('\n');
  writeFileSync(log, `${lines.slice(0, 3).join('\n')}\n`);
  await web.open();
  signal = await start({ dataDir: signal.dataDir, keys: signal.keys });
  await web.until(clock, () => web.events.length === 4);
  expect(web.events.map(({ event }) => event.type)).toEqual(['opened', 'joined', 'left', 'ended']);
  await web.until(clock, () => files().length === 0);
});

test('a restart does not tell web again what it has confirmed', async () => {
  const ada = await seated();
  await chat(ada, 1, 20);
  await web.until(clock, () => web.events.length === 22);
  const cursor = () =>
    readFileSync(
      path.join(
        signal.dataDir,
        'signal',
        files().find((f) => f.endsWith('.reported'))!,
      ),
    );
  await expect.poll(() => cursor().toString()).toBe('22');
  await signal.kill();
  web.bodies.length = 0;
  signal = await start({ dataDir: signal.dataDir, keys: signal.keys });
  // In small steps: past the grace more is told.
  const told = () => {
    clock.advance(100);
    return web.events.length;
  };
  await expect.poll(told, { interval: 20 }).toBe(23);
  expect(web.bodies).toHaveLength(1);
  expect(report.parse(JSON.parse(web.bodies[0]!)).events.map(({ event }) => event.type)).toEqual(['went-away']);
});

test('SIGTERM tells web what it has not heard yet', async () => {
  const ada = await seated();
  await chat(ada, 1, 3);
  expect(web.events.length).toBeLessThan(5);
  await signal.stop();
  expect(web.events).toHaveLength(5);
});

test('a disk that does not take how far web has heard is not taken for web away', async () => {
  const ada = await seated();
  const [name] = files();
  mkdirSync(path.join(signal.dataDir, 'signal', `${name}.reported.part`));
  await ada.ask('leave', { why: 'left' });
  await web.until(clock, () => !files().includes(name!));
  expect(web.events).toHaveLength(4);
  expect(signal.server.rooms.reports.webAway).toBe(false);
});

test('while it stops no log is shortened any more', async () => {
  await signal.stop();
  signal = await start({ compactBytes: 100 });
  const compact = vi.spyOn(RoomLog.prototype, 'compact');
  await chat(await seated(), 1, 3);
  await signal.stop();
  expect(web.events).toHaveLength(5);
  expect(compact).not.toHaveBeenCalled();
  compact.mockRestore();
});

test('a long log that web knows is shortened, and the room opens from it', async () => {
  await signal.stop();
  signal = await start({ compactBytes: 2_000 });
  const ada = await seated();
  await chat(ada, 1, 40);
  await web.until(clock, () => web.events.length === 42);
  const log = path.join(
    signal.dataDir,
    'signal',
    files().find((f) => f.endsWith('.jsonl'))!,
  );
  await expect.poll(() => readFileSync(log, 'utf8').startsWith('{"snapshot"')).toBe(true);
  // The snapshot is longer than that limit: it is not written anew for every report.
  const { ino } = statSync(log);
  await chat(ada, 41, 45);
  await web.until(clock, () => web.events.length === 47);
  expect(statSync(log).ino).toBe(ino);
  await signal.kill();
  signal = await start({ dataDir: signal.dataDir, keys: signal.keys });
  const back = await connect(signal, { participant: 'ada-lovelace', role: 'host', instance: ada.instance });
  await back.join();
  expect(back.state?.chat).toHaveLength(45);
  await web.until(clock, () => web.events.length === 49);
  expect(web.events.map(({ revision }) => revision)).toEqual(numbered(49));
});

test('who was removed stays out of the next session until web has heard of it and every ticket from before is over', async () => {
  const ada = await seated();
  const bob = { participant: 'bob-the-guest' };
  await (await connect(signal, bob)).join();
  await web.until(clock, () => web.events.length === 3);
  await web.close();
  await ada.ask('remove-participant', bob);
  await ada.ask('leave', { why: 'left' });
  clock.advance(3_600_000);
  const outcome = async () => {
    const client = await connect(signal, bob);
    const result = await client.outcome('join', { instance: client.instance });
    client.socket.disconnect();
    return result;
  };
  // Web knows of no ban yet: it gives new tickets.
  expect(await outcome()).toBe('removed');
  await web.open();
  await web.until(clock, () => web.events.length === 6);
  await heardOf(6);
  expect(await outcome()).toBe('removed');
  clock.advance(235_000);
  expect(await outcome()).toBe('removed');
  clock.advance(10_000);
  await expect.poll(outcome).toBe('ok');
});

test('that a host ended a session is known also when web has heard of it, over a restart, and then its log goes', async () => {
  const ada = await seated();
  const { session } = ada.state!;
  await ada.ask('end-room', {});
  await web.until(clock, () => web.events.length === 4);
  const comesBack = async () => {
    const client = await connect(signal, { participant: 'bob-the-guest' });
    return client.outcome('join', { instance: client.instance, session });
  };
  await heardOf(4);
  expect(await comesBack()).toBe('room-ended');
  clock.advance(100_000);
  expect(await comesBack()).toBe('room-ended');
  expect(files()).toHaveLength(2);
  await signal.kill();
  signal = await start({ dataDir: signal.dataDir, keys: signal.keys });
  expect(await comesBack()).toBe('room-ended');
  clock.advance(240_000);
  await expect.poll(files).toEqual([]);
  expect(await comesBack()).toBe('room-ended');
  expect(files()).toEqual([]);
});
