import { COMMANDS, MAX_CHAT_LENGTH } from '@parley/protocol/commands';
import { REFUSAL_CODES } from '@parley/protocol/refusal';
import { MAX_SDP_LENGTH } from '@parley/protocol/relay';
import fc from 'fast-check';
import { Manager } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal, testId } from './testing';

/** The same run every time; change it to look elsewhere. */
const SEED = 20_261_122;

const clock = new ManualClock();
let signal: Awaited<ReturnType<typeof startSignal>>;
let ada: TestClient;
let bob: TestClient;
beforeAll(async () => {
  signal = await startSignal({ clock });
});
afterAll(() => signal.stop());
beforeEach(async () => {
  // A meeting of its own for every test; time goes on between packets, so that no limit but the one in question is met.
  const meeting = testId();
  ada = await connect(signal, { role: 'host', meeting });
  bob = await connect(signal, { meeting });
  await ada.join();
  await bob.join();
});

/** Sends `packet` as it is, past the client's own encoder: engine.io adds the leading 4 that stands for a message. */
const raw = (client: TestClient, packet: string) => void client.socket.io.engine.write(packet.replace(/^4/u, ''));

/** The room still answers, and both know the same. */
async function roomIsWell(): Promise<void> {
  clock.advance(10_000);
  const id = testId();
  await bob.ask('chat', { id, text: 'are you there?' });
  await ada.until((state) => state.chat.at(-1)?.id === id);
  expect(ada.state).toEqual(bob.state);
}

async function code(name: string, ...args: unknown[]): Promise<string> {
  clock.advance(1_000);
  const result = await ada.sendRaw(name, ...args);
  return result.ok ? 'ok' : result.refusal.code;
}

describe('what does not fit the contract is refused', () => {
  test.each<[string, unknown[], string]>([
    ['chat', [], 'malformed'],
    ['chat', [null], 'malformed'],
    ['chat', ['text'], 'malformed'],
    ['chat', [{ id: 'message-1', text: 'a' }, 'and more'], 'malformed'],
    ['chat', [{ id: 'message-1', text: '   ' }], 'malformed'],
    ['chat', [{ id: 'short', text: 'hello' }], 'malformed'],
    ['chat', [{ id: 'message-1', text: 'x'.repeat(MAX_CHAT_LENGTH + 1) }], 'too-large'],
    ['chat', [{ id: 'message-1', text: ['an', 'array'] }], 'malformed'],
    ['chat', [{ id: 'message-1', text: Buffer.from('binary') }], 'malformed'],
    ['chat', [Array.from({ length: 10_000 }, () => 0)], 'malformed'],
    ['join', [{ instance: 'x' }], 'malformed'],
    ['join', [{ instance: testId(), name: 'x'.repeat(1_001) }], 'too-large'],
    ['join', [{ instance: testId(), name: '\u202E' }], 'malformed'],
    ['leave', [{ why: 'because' }], 'malformed'],
    ['publish', [{ source: 'window', muted: false }], 'malformed'],
    ['publish', [{ source: '__proto__', muted: false }], 'malformed'],
    ['set-muted', [{ source: 'camera', muted: 'yes' }], 'malformed'],
    ['react', [{ reaction: '<script>' }], 'malformed'],
    ['catch-up', [{ epoch: 'epoch-000', revision: -1 }], 'malformed'],
    ['catch-up', [{ epoch: 'epoch-000', revision: 0.5 }], 'malformed'],
    ['refresh-ticket', [{ ticket: 'x'.repeat(5_000) }], 'too-large'],
    ['start-take', [{ permit: 'x'.repeat(5_000) }], 'too-large'],
    ['mute-participant', [{ participant: '../etc/passwd', source: 'camera' }], 'malformed'],
    ['remove-participant', [{ participant: '__proto__' }], 'not-found'],
    ['remove-participant', [{ participant: 'constructor' }], 'not-found'],
    ['end-room', ['now'], 'malformed'],
    ['relay', [{ to: 'somebody', body: {} }], 'malformed'],
    ['__proto__', [{}], 'malformed'],
    ['constructor', [{}], 'malformed'],
    ['toString', [{}], 'malformed'],
    ['error', [{}], 'malformed'],
    ['events', [[]], 'malformed'],
    ['', [{}], 'malformed'],
    ['x'.repeat(10_000), [{}], 'malformed'],
  ])('case %#', async (name, args, expected) => {
    expect(await code(name, ...args)).toBe(expected);
    await roomIsWell();
  });

  test('a description one character too long', async () => {
    const relay = (sdp: string) => ({
      to: bob.participant,
      toInstance: bob.instance,
      body: { kind: 'description', description: { type: 'offer', sdp } },
    });
    expect(await code('relay', relay('x'.repeat(MAX_SDP_LENGTH)))).toBe('ok');
    expect(await code('relay', relay('x'.repeat(MAX_SDP_LENGTH + 1)))).toBe('too-large');
    await roomIsWell();
  });

  test('own properties named like prototypes change nobody', async () => {
    const packet = '{"id":"message-1","text":"hello","__proto__":{"role":"host"},"constructor":{"prototype":{"ok":1}}}';
    raw(ada, `42["chat",${packet}]`);
    await bob.until((state) => state.chat.length === 1);
    expect(({} as { role?: string }).role).toBeUndefined();
    expect(Object.keys(bob.state!.chat[0]!)).toEqual(['id', 'from', 'name', 'text', 'at']);
    await roomIsWell();
  });

  test.each([
    '42["chat",{"id":"message-1","text":"no acknowledgement asked for"}]',
    '42["nonsense"]',
    '42[7,{}]',
    '42["error"]',
    '42["relay"]',
    '42["join",null]',
    '42999999["leave"]',
    '43["what"]',
    '430["never asked"]',
  ])('the packet %s', async (packet) => {
    raw(ada, packet);
    expect(await code('set-hand', { raised: true })).toBe('ok');
    await roomIsWell();
  });
});

describe('what is no packet at all may end the connection, never the server', () => {
  test.each([
    '4',
    '42',
    '42[]',
    '42{}',
    '42["connect"]',
    '42["disconnecting",{}]',
    '42[{"an":"object"}]',
    '4299999999999999999999["chat"]',
    '45999999-["chat",{"_placeholder":true,"num":5}]',
    '451-["chat",{"_placeholder":true,"num":"x"}]',
    '47',
    '49["what"]',
  ])('%s', async (packet) => {
    const client = await connect(signal, { meeting: 'a-meeting-to-spoil' });
    await client.join();
    raw(client, packet);
    await Promise.race([client.gone(), client.send('react', { reaction: '👍' })]);
    clock.advance(1_000);
    await roomIsWell();
    client.socket.disconnect();
  });

  test.each([
    ['brackets without end', `42${'['.repeat(20_000)}`],
    ['objects nine thousand deep', `42["chat",${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}]`],
    ['noise', 'x'.repeat(60_000)],
  ])('%s', async (_what, packet) => {
    const client = await connect(signal, { meeting: 'a-meeting-to-spoil' });
    await client.join();
    raw(client, packet);
    await Promise.race([client.gone(), client.send('react', { reaction: '👍' })]);
    await roomIsWell();
    client.socket.disconnect();
  });

  test('a packet over 64 KB', async () => {
    const client = await connect(signal);
    await client.join();
    client.socket.emit('chat', { id: 'message-1', text: 'x'.repeat(66_000) }, () => undefined);
    await client.gone();
    await roomIsWell();
  });
});

test('a thousand random packets: each is answered, by a refusal of the list or a yes that everybody sees', async () => {
  const names = [...Object.keys(COMMANDS), 'relay', '__proto__', 'nonsense'].filter(
    (name) => !['leave', 'end-room'].includes(name),
  );
  const keys = ['id', 'text', 'source', 'muted', 'raised', 'participant', 'take', 'permit', 'ticket', 'instance'];
  const plausible = fc.dictionary(
    fc.constantFrom(...keys, 'name', 'reaction', 'epoch', 'revision', 'to', 'toInstance', 'body', '__proto__'),
    fc.oneof(
      fc.constantFrom('camera', 'screen', 'message-1', '👍', '__proto__', 'constructor', '', true, false, 0, -1),
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
    ),
    { maxKeys: 5 },
  );
  const codes = new Set<string>(['ok']);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.array(fc.oneof(plausible, fc.jsonValue()), { maxLength: 2 }),
      async (name, args) => {
        const outcome = await code(name, ...args);
        codes.add(outcome);
        expect([...REFUSAL_CODES, 'ok']).toContain(outcome);
        expect(outcome).not.toBe('internal');
      },
    ),
    { seed: SEED, numRuns: 1_000 },
  );
  expect(codes.size).toBeGreaterThan(2);
  await roomIsWell();
});

describe('floods', () => {
  const commands = (client: TestClient, n: number) =>
    Promise.all(Array.from({ length: n }, () => client.send('react', { reaction: '👍' })));

  test('who is too fast reads so, and goes on a little later', async () => {
    clock.advance(10_000);
    const results = await commands(ada, 150);
    expect(results.filter(({ ok }) => ok)).toHaveLength(100);
    expect(results[120]).toEqual({ ok: false, refusal: { code: 'too-fast' } });
    clock.advance(5_000);
    expect((await commands(ada, 100)).every(({ ok }) => ok)).toBe(true);
    await roomIsWell();
  });

  test('who does not stop is closed, the others go on', async () => {
    clock.advance(10_000);
    for (let i = 0; i < 250; i++) ada.socket.emit('react', { reaction: '👍' }, () => undefined);
    await ada.gone();
    expect(ada.closed).toEqual([{ code: 'too-fast' }]);
    await bob.until((state) => state.participants[ada.participant]?.presence.status === 'away');
    expect(bob.events.filter(({ event }) => event.type === 'reacted')).toHaveLength(100);
    expect(await bob.outcome('set-hand', { raised: true })).toBe('ok');
  });

  test('nonsense counts like any other command', async () => {
    clock.advance(10_000);
    for (let i = 0; i < 250; i++) raw(ada, '42["nonsense",{}]');
    await ada.gone();
    expect(ada.closed).toEqual([{ code: 'too-fast' }]);
  });

  test('the whole room is given ten times at once, then once a second; what one merely missed is given at any time', async () => {
    clock.advance(20_000);
    const whole = () => ada.outcome('catch-up', { epoch: 'some-other-epoch', revision: 0 });
    const again = () => ada.outcome('join', { instance: ada.instance });
    for (let i = 0; i < 5; i++) expect([await whole(), await again()]).toEqual(['ok', 'ok']);
    expect([await whole(), await again()]).toEqual(['too-fast', 'too-fast']);
    const { epoch, revision } = ada.state!;
    for (let i = 0; i < 20; i++) expect(await ada.outcome('catch-up', { epoch, revision })).toBe('ok');
    clock.advance(3_000);
    expect([await whole(), await again()]).toEqual(['ok', 'too-fast']);
    for (let i = 0; i < 20; i++) ada.socket.emit('join', { instance: ada.instance }, () => undefined);
    await ada.gone();
    expect(ada.closed).toEqual([{ code: 'too-fast' }]);
  });

  test('relays have an allowance of their own: a burst of a thousand goes through', async () => {
    clock.advance(10_000);
    const relay = { to: bob.participant, toInstance: bob.instance, body: { kind: 'want' as const, sources: {} } };
    for (let i = 0; i < 1_500; i++) ada.socket.emit('relay', relay);
    expect(await ada.outcome('set-hand', { raised: true })).toBe('ok');
    await bob.until((state) => state.participants[ada.participant]?.handRaisedAt !== null);
    expect(bob.relays).toHaveLength(1_000);
    for (let i = 0; i < 600; i++) ada.socket.emit('relay', relay);
    await ada.gone();
    expect(ada.closed).toEqual([{ code: 'too-fast' }]);
  });

  test.each(['43[]', '40/no-such-namespace,', '43999["what"]'])(
    'packets that are no command count as well: %s',
    async (packet) => {
      const { conn } = signal.server.io.sockets.sockets.get(ada.socket.id!)!;
      for (let i = 0; i < 2_000; i++) raw(ada, packet);
      expect(await ada.outcome('set-hand', { raised: true })).toBe('ok');
      for (let i = 0; i < 1_000; i++) raw(ada, packet);
      await ada.gone();
      expect(conn.readyState).toBe('closed');
      await bob.until((state) => state.participants[ada.participant]?.presence.status === 'away');
    },
  );

  test.each(['websocket', 'polling'])(
    'packets of a line without a ticket count as well, over %s',
    async (transport) => {
      const manager = new Manager(signal.url, {
        transports: [transport],
        upgrade: false,
        reconnection: false,
        autoConnect: false,
      });
      const closed = new Promise((resolve) => manager.on('close', resolve));
      await new Promise((resolve) => manager.open(resolve));
      for (let i = 0; i < 3_000; i++) manager.engine.write('0/no-such-namespace,');
      // Sooner than a line on which nobody signs in is given up.
      const soon = new Promise((resolve) => setTimeout(resolve, 8_000, 'still open'));
      expect(await Promise.race([closed, soon])).not.toBe('still open');
    },
  );
});

test('a line whose client takes leave of the room alone is closed', async () => {
  raw(ada, '41');
  await ada.gone();
  await bob.until((state) => state.participants[ada.participant]?.presence.status === 'away');
});
