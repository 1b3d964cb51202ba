import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal, testId } from './testing';

const clock = new ManualClock();
let signal: Awaited<ReturnType<typeof startSignal>>;
beforeAll(async () => {
  signal = await startSignal({ clock });
});
afterAll(() => signal.stop());

interface ControlFrames {
  ping(): void;
  pong(): void;
  pause(): void;
}
/** The WebSocket under a client, whose control frames socket.io does not know of. */
const under = (client: TestClient) => (client.socket.io.engine.transport as unknown as { ws: ControlFrames }).ws;

/** As a client sends it (RFC 6455, 5.2), masked by zeros; up to 125 characters. */
const frame = (opcode: number, text = '') =>
  Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
const PING = frame(0x9);
const PROBE = frame(0x1, '2probe');
const CLOSE_FROM_SERVER = Buffer.from([0x88]);

/** Begins to upgrade a long-polling session, sends `frames` in the same breath, and gives what came until the line ended. */
async function upgradeWith(frames: Buffer): Promise<Buffer> {
  const opened = await fetch(`${signal.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string };
  const line = connectTcp(signal.port, '127.0.0.1');
  const parts: Buffer[] = [];
  line.on('data', (part) => parts.push(part));
  // A reset is an end as well.
  line.on('error', () => undefined);
  const ended = new Promise((resolve) => line.once('close', resolve));
  await once(line, 'connect');
  const head = [
    `GET /socket.io/?EIO=4&transport=websocket&sid=${sid} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  ];
  line.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), frames]));
  await ended;
  return Buffer.concat(parts);
}

test.each(['ping', 'pong'] as const)(
  'who floods with WebSocket %ss is cut off, whoever sends some stays',
  async (kind) => {
    const meeting = testId();
    const [flooder, ordinary] = [await connect(signal, { meeting }), await connect(signal, { meeting })];
    await flooder.join();
    await ordinary.join();
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 60; i++) for (const client of [flooder, ordinary]) under(client)[kind]();
      for (const client of [flooder, ordinary]) await client.ask('set-hand', { raised: true });
      clock.advance(60_000);
    }
    for (let i = 0; i < 61; i++) under(flooder)[kind]();
    await flooder.gone();
    await ordinary.until((state) => state.participants[flooder.participant]?.presence.status === 'away');
    expect(await ordinary.outcome('set-hand', { raised: false })).toBe('ok');
    ordinary.socket.disconnect();
  },
);

test('who sends pings and does not read what is answered is cut off as well', async () => {
  const meeting = testId();
  const [flooder, ordinary] = [await connect(signal, { meeting }), await connect(signal, { meeting })];
  await flooder.join();
  await ordinary.join();
  const seen = signal.server.io.sockets.sockets.get(flooder.socket.id!)!;
  const reason = new Promise((resolve) => seen.once('disconnect', resolve));
  under(flooder).pause();
  for (let i = 0; i < 61; i++) under(flooder).ping();
  // Not 'ping timeout': that ends only whoever sends nothing else.
  expect(await reason).toBe('transport close');
  expect(await ordinary.outcome('set-hand', { raised: true })).toBe('ok');
  for (const { socket } of [flooder, ordinary]) socket.disconnect();
});

test.each([
  ['pings', PING, 61],
  ['probes', PROBE, 2_501],
])('a WebSocket that floods with %s before a session is upgraded to it is cut off', async (_what, one, times) => {
  const came = await upgradeWith(Buffer.concat(Array.from({ length: times }, () => one)));
  // Given up by engine.io after ten seconds, it would be told goodbye first.
  expect(came.includes(CLOSE_FROM_SERVER)).toBe(false);
});
