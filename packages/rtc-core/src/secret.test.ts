import { describe, expect, it } from 'vitest';
import { createFlightRecorder, silentLogger } from './logger';
import { Secret, redact } from './secret';

const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyOjEifQ.c2lnbmF0dXJl';

describe('redact', () => {
  it.each([
    ['a Secret', new Secret('hush')],
    ['a ticket by its key', { ticket: 'hush' }],
    ['a permit', { deep: [{ permit: 'hush' }] }],
    ['TURN credentials', { iceServers: [{ urls: [], credential: 'hush' }] }],
    ['a token inside a text', `Refused ${JWT.replace('c2ln', 'hush')} twice`],
    ['an invite link', 'GET https://parley.example/j/hush?x=1'],
    ['an authorization header', 'Authorization: Bearer hush'],
    ['the ICE password', 'v=0\r\na=ice-pwd:hush\r\n'],
    ['a password in an address', 'redis://user:hush@host'],
    ['the message of an error and its cause', new Error('Bearer hush', { cause: new Error('/j/hush') })],
  ])('hides %s', (_what, value) => {
    const text = JSON.stringify(redact(value));
    expect(text).not.toContain('hush');
    expect(text).toContain('<secret>');
  });

  it('keeps the rest', () => {
    expect(redact({ code: 'room-full', n: 3, list: [true, null], map: new Map([['a', 1]]) })).toEqual({
      code: 'room-full',
      n: 3,
      list: [true, null],
      map: { a: 1 },
    });
  });

  it('ends in what refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(JSON.stringify(redact(loop))).toContain('<deep>');
  });
});

describe('Secret', () => {
  it('shows itself only when revealed', () => {
    const secret = new Secret('hush');
    expect([String(secret), JSON.stringify({ secret }), Object.keys(secret).join()].join()).not.toContain('hush');
    expect(secret.reveal()).toBe('hush');
  });
});

describe('the flight recorder', () => {
  it('keeps the last 500 entries with their context, clean', () => {
    const flight = createFlightRecorder(silentLogger, () => 7);
    const logger = flight.with({ participant: 'alice' });
    for (let n = 0; n < 600; n++) logger.info(`entry ${n}`, { ticket: JWT });
    const entries = flight.entries();
    expect(entries).toHaveLength(500);
    expect(entries[0]).toEqual({
      at: 7,
      level: 'info',
      message: 'entry 100',
      context: { participant: 'alice', ticket: '<secret>' },
    });
  });
});
