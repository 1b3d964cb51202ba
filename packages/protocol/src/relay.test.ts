import { describe, expect, test } from 'vitest';
import { MAX_SDP_LENGTH, relayRequest } from './relay';

const to = { to: 'bob-the-guest', toInstance: 'first-page-load' };
const candidate = {
  candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'u',
};
const description = (sdp: string) => ({ ...to, body: { kind: 'description', description: { type: 'offer', sdp } } });

describe('relayRequest', () => {
  test.each([
    description('v=0'),
    description('x'.repeat(MAX_SDP_LENGTH)),
    { ...to, body: { kind: 'description', description: { type: 'rollback', sdp: '' } } },
    { ...to, body: { kind: 'candidates', candidates: [candidate, { ...candidate, candidate: '', sdpMid: null }] } },
    { ...to, body: { kind: 'want', sources: { camera: { height: 360 } } } },
    { ...to, body: { kind: 'want', sources: {} } },
  ])('accepts what a transport sends: %#', (packet) => {
    expect(relayRequest.parse(packet)).toEqual(packet);
  });

  test.each([
    description('x'.repeat(MAX_SDP_LENGTH + 1)),
    { ...to, body: { kind: 'candidates', candidates: Array.from({ length: 65 }, () => candidate) } },
    { ...to, body: { kind: 'candidates', candidates: [{ ...candidate, sdpMLineIndex: -1 }] } },
    { ...to, body: { kind: 'want', sources: { window: { height: 360 } } } },
    { ...to, body: { kind: 'want', sources: { camera: { height: Number.NaN } } } },
    { ...to, body: { kind: 'shell' } },
    { to: '../../etc/passwd', toInstance: 'first-page-load', body: { kind: 'want', sources: {} } },
    { ...to },
    null,
    [],
    'relay',
  ])('refuses what none would send: %#', (packet) => {
    expect(relayRequest.safeParse(packet).success).toBe(false);
  });

  test('drops what it does not know', () => {
    const packet = { ...description('v=0'), from: 'someone-else', fromInstance: 'forged-instance' };
    expect(Object.keys(relayRequest.parse(packet))).toEqual(['to', 'toInstance', 'body']);
  });
});
