import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/u, '');

/** Proxies whose `X-Forwarded-For` is believed: this machine, and those named. */
export class TrustedProxies {
  #list = new BlockList();

  /**
   * @param named addresses or networks, such as 10.0.0.7 or 172.16.0.0/12
   * @throws Error with a sentence that names TRUSTED_PROXIES
   */
  constructor(named: readonly string[]) {
    this.#list.addSubnet('127.0.0.0', 8, 'ipv4');
    this.#list.addAddress('::1', 'ipv6');
    for (const entry of named) {
      const [address = '', bits] = entry.split('/');
      try {
        if (bits === undefined) this.#list.addAddress(address, family(address));
        else this.#list.addSubnet(address, Number(bits), family(address));
      } catch {
        throw new Error(`TRUSTED_PROXIES must hold addresses or networks such as 172.16.0.0/12, not "${entry}".`);
      }
    }
  }

  /**
   * Who is at the other end: the address itself, or what the last trusted proxy says of it. Null for a process
   * of this machine that stands in for nobody.
   */
  clientOf(remote: string, headers: IncomingHttpHeaders): string | null {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    let client = plain(remote);
    while (this.#trusts(client)) {
      const before = plain((forwarded.pop() ?? '').trim());
      if (isIP(before) === 0) return this.#isLocal(client) ? null : client;
      client = before;
    }
    return client;
  }

  #trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#list.check(address, family(address));
  }

  #isLocal(address: string): boolean {
    return address === '::1' || address.startsWith('127.');
  }
}
