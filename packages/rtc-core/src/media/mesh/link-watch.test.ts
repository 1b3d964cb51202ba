import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../logger';
import { browserPlatform } from '../../platform';
import type { LinkState } from '../../room-view';
import { createFakeNetwork, type FakePeerConnection } from '../../testing/fake-peer-connection';
import { type LinkWatch, watchLink } from './link-watch';

let pc: FakePeerConnection;
let watch: LinkWatch;
let states: LinkState[];
let restarts: number[];

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  const connection = createFakeNetwork().createPeerConnection();
  pc = connection as unknown as FakePeerConnection;
  restarts = [];
  pc.restartIce = () => void restarts.push(Date.now());
  // Restarting needs something to restart.
  Object.defineProperty(pc, 'remoteDescription', { value: { type: 'answer', sdp: '' } });
  states = [];
  watch = watchLink({ pc: connection, platform: browserPlatform, logger: silentLogger, onLink: (s) => states.push(s) });
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

const told = (): unknown[] => states.map((state) => (state.status === 'failed' ? state.error.code : state.status));

test('a short dip is an interruption that needs no restart', () => {
  pc.moveTo('connected');
  pc.moveTo('disconnected');
  vi.advanceTimersByTime(1_900);
  pc.moveTo('connected');
  vi.advanceTimersByTime(60_000);
  expect(states).toEqual([{ status: 'connected' }, { status: 'interrupted', since: 0 }, { status: 'connected' }]);
  expect(restarts).toEqual([]);
});

test('a longer one restarts ICE after two seconds', () => {
  pc.moveTo('connected');
  pc.moveTo('disconnected');
  vi.advanceTimersByTime(10_000);
  expect(restarts).toEqual([2_000]);
});

test('failure after failure restarts ever less often, and is told as lost from the third on', () => {
  pc.moveTo('connected');
  for (let attempt = 0; attempt < 6; attempt++) {
    pc.moveTo('failed');
    vi.advanceTimersByTime(20_000);
    pc.moveTo('connecting');
  }
  expect(restarts.map((at, i) => at - i * 20_000)).toEqual([0, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(told()).toEqual(['connected', 'interrupted', 'link-failed', 'link-failed', 'link-failed', 'link-failed']);
  pc.moveTo('connected');
  expect(told().at(-1)).toBe('connected');
});

test('a link that never was up is told as failed at once, and tried again', () => {
  pc.moveTo('connecting');
  pc.moveTo('failed');
  vi.advanceTimersByTime(0);
  expect(told()).toEqual(['link-failed']);
  expect(restarts).toEqual([0]);
});

test('a relay that refuses us is told when no other path comes up', () => {
  pc.rejectTurn('turn:relay.invalid');
  expect(watch.turnRejected).toBe(true);
  vi.advanceTimersByTime(4_000);
  expect(told()).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(told()).toEqual(['turn-rejected']);
});

test('a relay that refuses us is no matter when another path is up', () => {
  pc.rejectTurn('turn:relay.invalid');
  pc.moveTo('connected');
  vi.advanceTimersByTime(60_000);
  expect(told()).toEqual(['connected']);
});

test('failed negotiation is told until the link is up', () => {
  watch.negotiationFailed(new Error('codec collision'));
  pc.moveTo('connected');
  expect(told()).toEqual(['negotiation-failed', 'connected']);
});

test('closed, it does nothing more', () => {
  pc.moveTo('connected');
  pc.moveTo('disconnected');
  watch.close();
  vi.advanceTimersByTime(60_000);
  expect(restarts).toEqual([]);
  expect(told()).toEqual(['connected', 'interrupted']);
});

test('a negotiation that fails is told while the link is down, and not while media flows', () => {
  watch.negotiationFailed(new Error('no'));
  expect(told()).toEqual(['negotiation-failed']);
  pc.moveTo('connected');
  watch.negotiationFailed(new Error('no'));
  expect(told()).toEqual(['negotiation-failed', 'connected']);
});
