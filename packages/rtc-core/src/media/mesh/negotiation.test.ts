import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger';
import { browserPlatform } from '../../platform';
import { createFakeNetwork } from '../../testing/fake-peer-connection';
import { negotiate, type NegotiationBody } from './negotiation';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('candidates are gathered for 50 ms and sent together, at most 64 in one message', () => {
  const pc = createFakeNetwork().createPeerConnection();
  const sent: NegotiationBody[] = [];
  const negotiation = negotiate({
    pc,
    polite: true,
    platform: browserPlatform,
    logger: silentLogger,
    send: (body) => sent.push(body),
    beforeAnswer() {},
    onNegotiated() {},
    onFailure() {},
    onStranger() {},
  });
  let gathered = 0;
  const gather = (count = 1): void => {
    for (const end = gathered + count; gathered < end; gathered++) {
      const candidate = { candidate: `candidate:${gathered}`, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
      pc.onicecandidate?.({ candidate } as RTCPeerConnectionIceEvent);
    }
  };
  const messages = () =>
    sent.map((body) => body.kind === 'candidates' && body.candidates.map(({ candidate }) => candidate.split(':')[1]));

  gather();
  vi.advanceTimersByTime(49);
  gather();
  expect(messages()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(messages()).toEqual([['0', '1']]);

  // The next begins anew, and holds none of those before.
  gather(65);
  vi.advanceTimersByTime(49);
  expect(messages()).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(messages().map((message) => message && message.length)).toEqual([2, 64, 1]);
  expect(messages().at(-1)).toEqual(['66']);

  gather();
  negotiation.close();
  vi.advanceTimersByTime(50);
  expect(messages()).toHaveLength(3);
});
