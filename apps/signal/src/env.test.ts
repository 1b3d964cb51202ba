import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { clientAddress } from './client-address';
import { EnvironmentError, parseEnv } from './env';
import { spawnSignal, startSignal, TEST_REPORT_SECRET, TestKeys } from './testing';
import { TokenBucket } from './token-bucket';

const { encoded: KEY } = new TestKeys();
const GIVEN = { TICKET_PUBLIC_KEY: KEY, REPORT_SECRET: TEST_REPORT_SECRET };
const base64OfPem = (key: KeyObject) => Buffer.from(key.export({ type: 'spki', format: 'pem' })).toString('base64');
const { publicKey: ofAnotherKind } = generateKeyPairSync('x25519');

describe('variables', () => {
  test('have defaults; an empty one counts as not set', () => {
    expect(parseEnv({ ...GIVEN, STUN_URLS: '', SIGNAL_PORT: '' })).toMatchObject({
      SIGNAL_PORT: 4000,
      WEB_URL: ['http://localhost:3000'],
      DATA_DIR: '.parley',
      STUN_URLS: [],
      TURN_URLS: [],
      MESH_MAX_PARTICIPANTS: 8,
    });
  });

  test('may hold lists', () => {
    const env = {
      ...GIVEN,
      STUN_URLS: 'stun:a.example:3478, stun:b.example',
      WEB_URL: 'https://a.example,https://b.example',
    };
    expect(parseEnv(env)).toMatchObject({
      STUN_URLS: ['stun:a.example:3478', 'stun:b.example'],
      WEB_URL: ['https://a.example', 'https://b.example'],
    });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ SIGNAL_PORT: 'abc' }, /^SIGNAL_PORT must be a port number from 0 to 65535; not "abc"\.$/u],
    [{ SIGNAL_PORT: '65536' }, /^SIGNAL_PORT must be a port number/u],
    [{ WEB_URL: 'localhost:3000' }, /^WEB_URL must be an address such as http:/u],
    [{ SIGNAL_URL: 'ftp://x' }, /^SIGNAL_URL must be an address/u],
    [{ WEB_INTERNAL_URL: 'web' }, /^WEB_INTERNAL_URL must be an address/u],
    [{ TICKET_PUBLIC_KEY: '' }, /^TICKET_PUBLIC_KEY must be .*it is not set\.$/u],
    [{ REPORT_SECRET: 'x'.repeat(31) }, /^REPORT_SECRET must be .* at least 32 characters; its value is not\.$/u],
    [{ STUN_URLS: 'http://stun' }, /^STUN_URLS must be addresses such as stun:/u],
    [{ TURN_URLS: 'stun:a.example', TURN_SECRET: 'x' }, /^TURN_URLS must be addresses such as turn:/u],
    [{ TURN_URLS: 'turn:a.example' }, /^TURN_SECRET must be set when TURN_URLS is/u],
    [{ MESH_MAX_PARTICIPANTS: '1' }, /^MESH_MAX_PARTICIPANTS must be a number from 2 to 50/u],
    [{ MESH_MAX_PARTICIPANTS: '51' }, /^MESH_MAX_PARTICIPANTS must be a number from 2 to 50/u],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of/u],
  ])('%j is refused by name', (wrong, sentence) => {
    expect(() => parseEnv({ ...GIVEN, ...wrong })).toThrow(sentence);
  });

  test('a secret is never repeated in the sentence', () => {
    expect(() => parseEnv({ ...GIVEN, REPORT_SECRET: 'hunter2' })).toThrow(/^((?!hunter2).)*$/u);
  });

  test.each([
    ['nonsense', 'a-key'],
    ['a key of another kind', base64OfPem(ofAnotherKind)],
    ['a comma too many', `${KEY},`],
    ['three keys', [KEY, KEY, KEY].join(',')],
  ])('TICKET_PUBLIC_KEY is refused by name when it is %s', (_what, wrong) => {
    const sentence = /^TICKET_PUBLIC_KEY must be one or two Ed25519 public keys.*; its value is not\.$/u;
    expect(() => parseEnv({ ...GIVEN, TICKET_PUBLIC_KEY: wrong })).toThrow(sentence);
  });

  test('two keys are taken while they are changed', () => {
    const both = `${KEY}, ${new TestKeys().encoded}`;
    expect(parseEnv({ ...GIVEN, TICKET_PUBLIC_KEY: both }).TICKET_PUBLIC_KEY).toBe(both);
  });
});

test.each([
  ['203.0.113.9', undefined, 0, '203.0.113.9'],
  ['203.0.113.9', '198.51.100.1', 0, '203.0.113.9'],
  ['::ffff:203.0.113.9', undefined, 0, '203.0.113.9'],
  ['127.0.0.1', undefined, 0, null],
  ['::1', '198.51.100.1', 0, null],
  ['127.0.0.1', '198.51.100.1', 1, '198.51.100.1'],
  ['10.1.2.3', '6.6.6.6, 198.51.100.1', 1, '198.51.100.1'],
  ['10.1.2.3', '6.6.6.6, 198.51.100.1, 10.9.9.9', 2, '198.51.100.1'],
  ['10.1.2.3', undefined, 1, '10.1.2.3'],
  ['127.0.0.1', 'nonsense', 1, null],
  ['127.0.0.1', '2001:db8::1', 1, '2001:db8:0:0'],
])('%s forwarding for %j behind %d proxies is %j', (remote, forwarded, proxies, client) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  expect(clientAddress(remote, headers, proxies)).toBe(client);
});

test('a bucket gives its burst at once, its rate ever after, and calls a flood who goes twice as far', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 5 }, 0);
  const take = (times: number, now: number) => Array.from({ length: times }, () => bucket.take(now));
  expect(take(5, 0)).toEqual(Array(5).fill('ok'));
  expect(take(5, 0)).toEqual(Array(5).fill('too-fast'));
  expect(take(1, 0)).toEqual(['flood']);
  expect(bucket.isFull(1_000)).toBe(false);
  expect(bucket.isFull(1_100)).toBe(true);
  expect(take(6, 1_100)).toEqual([...Array<string>(5).fill('ok'), 'too-fast']);
  // A clock that is set back fills nothing and breaks nothing.
  expect(take(1, 0)).toEqual(['too-fast']);
});

test('a port in use, an address of elsewhere and a folder that is none are refused by name', async () => {
  const signal = await startSignal();
  await expect(startSignal({ port: signal.port })).rejects.toThrow(/^SIGNAL_PORT \d+ is in use/u);
  // The port may be free the next time; these two are in vain ever after.
  for (const [wrong, sentence] of [
    [{ host: '192.0.2.1' }, /^SIGNAL_HOST 192\.0\.2\.1 is no address/u],
    [{ dataDir: '/dev/null' }, /^DATA_DIR must be a folder/u],
  ] as const) {
    const refused = await startSignal(wrong).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EnvironmentError);
    expect(String(refused)).toMatch(new RegExp(sentence.source.replace('^', 'EnvironmentError: '), 'u'));
  }
  await signal.stop();
});

test('a folder that cannot be used ends signal with the code of a wrong variable', async () => {
  await expect(spawnSignal({ dataDir: '/dev/null' })).rejects.toThrow(/with code 78\.$/u);
});
