import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { TAKE_PERMIT_AUDIENCE } from '@parley/protocol/ticket';
import { PROTOCOL_VERSION } from '@parley/protocol/version';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type ConnectWishes, tryConnect } from './testing-client';
import { ManualClock, startSignal, TEST_ORIGIN, TestKeys, ticketClaimsOf } from './testing';

const clock = new ManualClock();
let signal: Awaited<ReturnType<typeof startSignal>>;
beforeAll(async () => {
  signal = await startSignal({ clock });
});
afterAll(() => signal.stop());

async function handshake(wishes: ConnectWishes): Promise<unknown> {
  const { client, refusal } = await tryConnect(signal, wishes);
  client?.socket.disconnect();
  return refusal === null ? 'ok' : 'code' in refusal ? refusal.code : refusal.message;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('the handshake lets in', () => {
  test.each([['websocket'], ['polling']])('a good ticket over %s', async (transport) => {
    expect(await handshake({ transports: [transport] })).toBe('ok');
  });
  test('pages of our own origin, and programs, which send none', async () => {
    expect(await handshake({ headers: { origin: TEST_ORIGIN } })).toBe('ok');
    expect(await handshake({})).toBe('ok');
  });
  test('a clock that is a little off', async () => {
    const now = Math.floor(clock.now() / 1_000);
    expect(await handshake({ iat: now - 123, exp: now - 3 })).toBe('ok');
  });
  test('tickets of both keys while they are being changed', async () => {
    const [old, next] = [new TestKeys(), new TestKeys()];
    const both = Object.assign(new TestKeys(), { encoded: `${old.encoded},${next.encoded}` });
    const other = await startSignal({ keys: both });
    for (const keys of [old, next]) {
      const { client } = await tryConnect(other, { ticket: await keys.sign(ticketClaimsOf({}, Date.now())) });
      expect(client).not.toBeNull();
      client?.socket.disconnect();
    }
    await other.stop();
  });
});

describe('the handshake refuses', () => {
  test.each(['https://evil.example', 'null', 'http://localhost:3001', `${TEST_ORIGIN}.evil.example`])(
    'a page of %s',
    async (origin) => {
      expect(await handshake({ headers: { origin } })).toBe('origin-not-allowed');
    },
  );
  test.each([0, PROTOCOL_VERSION + 1, `${PROTOCOL_VERSION}`, undefined])('version %j', async (protocol) => {
    expect(await handshake({ auth: { ticket: await signal.mintTicket(), protocol } })).toBe('version-mismatch');
  });
  test('no ticket', async () => {
    expect(await handshake({ auth: { protocol: PROTOCOL_VERSION } })).toBe('ticket-missing');
    expect(await handshake({ ticket: '' })).toBe('ticket-missing');
  });
  test.each([{}, 7, ['a'], null, 'x'.repeat(5_000), 'a.b.c', 'not a token'])('the ticket %j', async (ticket) => {
    expect(await handshake({ auth: { ticket, protocol: PROTOCOL_VERSION } })).toBe('ticket-invalid');
  });
  test('an expired one', async () => {
    const iat = Math.floor(clock.now() / 1_000) - 300;
    expect(await handshake({ iat, exp: iat + 120 })).toBe('ticket-expired');
  });
  test('one that another key signed, also under our key id', async () => {
    const forger = new TestKeys();
    const claims = ticketClaimsOf({}, clock.now());
    expect(await handshake({ ticket: await forger.sign(claims) })).toBe('ticket-invalid');
    expect(await handshake({ ticket: await Object.assign(forger, { kid: signal.keys.kid }).sign(claims) })).toBe(
      'ticket-invalid',
    );
  });
  test('one whose claims were changed', async () => {
    const [header, , signature] = (await signal.mintTicket()).split('.');
    const claims = encode({ ...ticketClaimsOf({}, clock.now()), role: 'host' });
    expect(await handshake({ ticket: `${header}.${claims}.${signature}` })).toBe('ticket-invalid');
  });
  test('alg none, and other algorithms with whatever key', async () => {
    const claims = encode(ticketClaimsOf({}, clock.now()));
    const { kid } = signal.keys;
    for (const alg of ['none', 'None', 'nOnE'])
      expect(await handshake({ ticket: `${encode({ alg, kid })}.${claims}.` })).toBe('ticket-invalid');

    // The public key taken for a shared secret (RFC 8725, 2.1).
    const hs = `${encode({ alg: 'HS256', kid })}.${claims}`;
    const pem = signal.keys.publicKey.export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', pem).update(hs).digest('base64url');
    expect(await handshake({ ticket: `${hs}.${mac}` })).toBe('ticket-invalid');

    const rs = `${encode({ alg: 'RS256', kid })}.${claims}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const signature = createSign('sha256').update(rs).sign(privateKey, 'base64url');
    expect(await handshake({ ticket: `${rs}.${signature}` })).toBe('ticket-invalid');
  });
  test('tickets for another audience, of another issuer, or without an end', async () => {
    const claims = ticketClaimsOf({}, clock.now());
    const { exp: _exp, ...endless } = claims;
    for (const wrong of [
      { ...claims, aud: TAKE_PERMIT_AUDIENCE },
      { ...claims, aud: 'someone-else' },
      { ...claims, iss: 'someone-else' },
      { ...claims, role: 'admin' },
      { ...claims, meeting: '../../etc/passwd' },
      endless,
    ])
      expect(await handshake({ ticket: await signal.keys.sign(wrong) })).toBe('ticket-invalid');
  });
  test('a take permit in place of a ticket', async () => {
    expect(await handshake({ ticket: await signal.mintPermit({ participant: 'somebody-1' }) })).toBe('ticket-invalid');
  });
  test('more than a burst from one address, while others come in; after a while it may again', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const results = new Map<unknown, number>();
    for (let i = 0; i < 205; i++) {
      const result = await handshake({ headers, auth: {} });
      results.set(result, (results.get(result) ?? 0) + 1);
    }
    expect(Object.fromEntries(results)).toEqual({ 'version-mismatch': 200, 'too-fast': 5 });
    // Who was refused owes nothing: a crowd that tries again and again gets in, as many as there is room for.
    clock.advance(50);
    expect(await handshake({ headers })).toBe('ok');
    expect(await handshake({ headers: { 'x-forwarded-for': '203.0.113.8' } })).toBe('ok');
    clock.advance(2_000);
    expect(await handshake({ headers })).toBe('ok');
  });
  test('more than a burst from one IPv6 subscriber, whatever addresses of its /64 it takes', async () => {
    const from = (address: string) => handshake({ headers: { 'x-forwarded-for': address }, auth: {} });
    for (let i = 0; i < 200; i++) expect(await from(`2001:db8:1:2::${i.toString(16)}`)).toBe('version-mismatch');
    expect(await from('2001:db8:1:2:9:9:9:9')).toBe('too-fast');
    expect(await from('2001:db8:1:3::1')).toBe('version-mismatch');
  });
  test('lines upon which nobody signs in, of one address; those that are open, and other addresses, go on', async () => {
    const open = async (address: string, more = '') => {
      const headers = { 'x-forwarded-for': address };
      const response = await fetch(`${signal.url}/socket.io/?EIO=4&transport=polling${more}`, { headers });
      return { status: response.status, text: await response.text() };
    };
    const address = '203.0.113.9';
    for (let i = 1; i < 360; i++) expect((await open(address)).status).toBe(200);
    const { text } = await open(address);
    // However often it is refused, it owes nothing for that.
    for (let i = 0; i < 10; i++) expect((await open(address)).status).toBe(403);
    const { sid } = JSON.parse(text.slice(1)) as { sid: string };
    const session = `&sid=${sid}`;
    const waiting = open(address, session);
    const body = { method: 'POST', body: '40{}' };
    expect((await fetch(`${signal.url}/socket.io/?EIO=4&transport=polling${session}`, body)).status).toBe(200);
    expect((await waiting).text).toContain('version-mismatch');
    // What polling leaves is for WebSocket. Without a code: the browser takes the line for lost, and tries again.
    for (let i = 0; i < 40; i++) expect(await handshake({ headers: { 'x-forwarded-for': address } })).toBe('ok');
    expect(await handshake({ headers: { 'x-forwarded-for': address } })).toBe('websocket error');

    expect((await open('203.0.113.10')).status).toBe(200);
    clock.advance(1_100);
    for (const status of [200, 200, 200, 200, 403]) expect((await open(address)).status).toBe(status);
  });
  test.each(['websocket', 'polling'])(
    'nobody of a class behind one address that comes back at once, over %s',
    async (transport) => {
      const wishes = { headers: { 'x-forwarded-for': '203.0.113.11' }, transports: [transport] };
      const comeBack = () => Promise.all(Array.from({ length: 30 }, () => handshake(wishes)));
      for (let i = 0; i < 3; i++) expect(new Set(await comeBack())).toEqual(new Set(['ok']));
    },
  );
  test('other namespaces', async () => {
    const other = { ...signal, url: `${signal.url}/admin` };
    expect((await tryConnect(other)).refusal).toMatchObject({ message: 'Invalid namespace' });
  });
});

test('after the handshake the ticket is nowhere in the socket', async () => {
  const ticket = await signal.mintTicket();
  const client = await connect(signal, { ticket });
  const [socket] = await signal.server.io.fetchSockets();
  expect(socket?.handshake.auth).toEqual({});
  client.socket.disconnect();
});

test('of more than eight connections of one participant the oldest without a seat is ended', async () => {
  const claims = { participant: 'ada-lovelace', meeting: 'meeting-of-tabs' };
  const tabs = [await connect(signal, claims)];
  await tabs[0]!.join();
  for (let i = 1; i < 8; i++) tabs.push(await connect(signal, claims));
  expect(tabs.every(({ socket }) => socket.connected)).toBe(true);
  const elsewhere = await connect(signal, { ...claims, meeting: 'another-meeting' });
  tabs.push(await connect(signal, claims));
  await tabs[1]!.gone();
  expect(tabs.map(({ socket }) => socket.connected)).toEqual([true, false, true, true, true, true, true, true, true]);
  for (const { socket } of [elsewhere, ...tabs]) socket.disconnect();
});
