import { expect, test } from 'vitest';
import { iceServersFor } from './ice-servers';
import { connect, type TestClient } from './testing-client';
import { ManualClock, startSignal } from './testing';

test('relay credentials are those coturn computes for use-auth-secret', () => {
  const options = {
    stunUrls: ['stun:a.example'],
    turnUrls: ['turn:a.example', 'turns:a.example'],
    turnSecret: 'north',
  };
  expect(iceServersFor(options, 'ada-lovelace', 1_800_000_000_500)).toEqual([
    { urls: ['stun:a.example'] },
    {
      urls: ['turn:a.example', 'turns:a.example'],
      username: '1800043200:ada-lovelace',
      // printf '%s' '1800043200:ada-lovelace' | openssl dgst -sha1 -hmac north -binary | base64
      credential: 'O32rQKsqhmWDPNonGD0hEBODm4Q=',
    },
  ]);
  expect(iceServersFor({ stunUrls: [], turnUrls: [] }, 'ada-lovelace', 0)).toEqual([]);
  // The same for an hour: who asks each minute has nothing to change.
  const usernames = [0, 59, 60].map(
    (minutes) => iceServersFor(options, 'ada-lovelace', 1_800_000_000_500 + minutes * 60_000)[1]?.username,
  );
  expect(usernames).toEqual(['1800043200:ada-lovelace', '1800043200:ada-lovelace', '1800046800:ada-lovelace']);
});

test('who is seated gets credentials that are good for as long again with each newer ticket', async () => {
  const clock = new ManualClock();
  const signal = await startSignal({ clock, turnUrls: ['turn:a.example'], turnSecret: 'north' });
  const seated = await connect(signal);
  const { iceServers } = await seated.join();
  clock.advance(3_600_000);
  const refreshed = async (client: TestClient) =>
    client.ask('refresh-ticket', { ticket: await signal.mintTicket({ participant: client.participant }) });
  const expiry = (servers: typeof iceServers | undefined) => Number(servers?.[0]?.username?.split(':')[0]);
  expect(expiry((await refreshed(seated)).iceServers)).toBe(expiry(iceServers) + 3_600);
  // Who only stands at the door is given no way through the relay.
  expect(await refreshed(await connect(signal))).toEqual({});
  await signal.stop();
});
