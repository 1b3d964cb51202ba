import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './run.mjs';

const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const family = (address) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Addresses that the relay refuses to talk to, by family: a BlockList would find an IPv4 one also in its IPv6 form, coturn does not. */
const denied = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [, from, to = from] of compose.matchAll(/--denied-peer-ip=([^-\s]+)(?:-(\S+))?/g))
  denied[family(from)].addRange(from, to, family(from));
const isDenied = (address) => denied[family(address)].check(address, family(address));

test.each([
  ['0.0.0.0', 'this host'],
  ['10.1.2.3', 'a private network'],
  ['100.64.0.1', 'a carrier, or a mesh VPN'],
  ['127.0.0.1', 'this host'],
  ['169.254.169.254', "a cloud's metadata service"],
  ['172.17.0.2', 'a container'],
  ['192.0.0.192', "another cloud's metadata service"],
  ['192.168.1.1', 'a router'],
  ['198.18.0.1', 'a test bench'],
  ['224.0.0.251', 'everybody'],
  ['255.255.255.255', 'everybody'],
  ['::1', 'this host'],
  ['::ffff:127.0.0.1', 'this host'],
  ['64:ff9b::a9fe:a9fe', "a cloud's metadata service, behind NAT64"],
  ['2002:7f00:1::', 'this host, by 6to4'],
  ['fd00:ec2::254', "a cloud's metadata service"],
  ['fe80::1', 'a neighbour'],
])('the relay does not lead to %s: %s', (address) => {
  expect(isDenied(address)).toBe(true);
});

test('the relay leads to the addresses that people have', () => {
  for (const address of ['8.8.8.8', '100.128.0.1', '172.32.0.1', '193.0.6.139', '2606:4700::1111', '2a00:1450:4001::1'])
    expect(isDenied(address), address).toBe(false);
  expect(compose).toContain('--no-tcp-relay');
  // To coturn a range that begins there holds every IPv4 address.
  expect(compose).not.toContain('--denied-peer-ip=::-');
});
