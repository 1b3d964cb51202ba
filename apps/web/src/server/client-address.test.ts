import { expect, it } from 'vitest';
import { clientAddress } from './client-address';
import { testVariables } from './testing-web';

Object.assign(process.env, testVariables(), { TRUSTED_PROXIES: '2' });

it.each([
  // Client, then what our two proxies wrote down; what the client wrote itself does not count.
  ['198.51.100.7, 10.0.0.2', '198.51.100.7'],
  ['1.1.1.1, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
  ['::ffff:198.51.100.7, 10.0.0.2', '198.51.100.7'],
  // One /64 is one subscriber, however the rest is written.
  ['2001:db8:1:2:3:4:5:6, 10.0.0.2', '2001:db8:1:2'],
  ['2001:db8:1:2::6, 10.0.0.2', '2001:db8:1:2'],
  ['2001:db8::6, 10.0.0.2', '2001:db8:0:0'],
  ['::1, 10.0.0.2', '0:0:0:0'],
  ['10.0.0.2', 'unknown'],
  ['', 'unknown'],
])('counts %j as %s', (forwarded, address) => {
  expect(clientAddress(new Headers({ 'x-forwarded-for': forwarded }))).toBe(address);
});
