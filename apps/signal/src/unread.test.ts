import { MAX_SDP_LENGTH } from '@parley/protocol/relay';
import type { LoggedEvent } from '@parley/protocol/room-state';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal, testId } from './testing';

let clock: ManualClock;
let signal: Awaited<ReturnType<typeof startSignal>>;
let reader: TestClient;
let talker: TestClient;
beforeEach(async () => {
  clock = new ManualClock();
  signal = await startSignal({ clock });
  reader = await connect(signal);
  talker = await connect(signal);
  await reader.join();
  await talker.join();
});
afterEach(async () => {
  for (const client of [reader, talker]) client.socket.disconnect();
  await signal.stop();
});

/** From now on the reader takes nothing off its line; the promise that signal ends it, sooner than one that answers no ping. */
function readsNoMore(): () => Promise<void> {
  const { conn } = signal.server.io.sockets.sockets.get(reader.socket.id!)!;
  (reader.socket.io.engine.transport as unknown as { ws: { pause(): void } }).ws.pause();
  return async () => {
    await vi.waitUntil(() => conn.readyState === 'closed', { timeout: 4_000 });
    await talker.until((state) => state.participants[reader.participant]?.presence.status === 'away');
  };
}

test('who asks for the room again and again and reads nothing is cut off before it costs much', async () => {
  for (let i = 0; i < 500; i += 100) {
    clock.advance(10_000);
    await Promise.all(Array.from({ length: 100 }, () => talker.ask('chat', { id: testId(), text: 'x'.repeat(4_000) })));
  }
  const isCut = readsNoMore();
  clock.advance(10_000);
  for (let i = 0; i < 100; i++)
    reader.socket.emit('catch-up', { epoch: 'some-other-epoch', revision: 0 }, () => undefined);
  await isCut();
});

test('who is relayed much and reads nothing is cut off by its size, not by its number', async () => {
  const isCut = readsNoMore();
  const sdp = 'x'.repeat(MAX_SDP_LENGTH);
  for (let i = 0; i < 500; i++)
    talker.socket.emit('relay', {
      to: reader.participant,
      toInstance: reader.instance,
      body: { kind: 'description', description: { type: 'offer', sdp } },
    });
  await isCut();
});

test('who does not read what the whole room hears is cut off within two seconds', async () => {
  const isCut = readsNoMore();
  const event: LoggedEvent = {
    revision: 9,
    at: 9,
    event: { type: 'take-stopped', take: 'x'.repeat(1e6), why: 'ended' },
  };
  for (let i = 0; i < 25; i++) signal.server.io.to(reader.socket.id!).emit('events', [event]);
  clock.advance(2_000);
  await isCut();
});
