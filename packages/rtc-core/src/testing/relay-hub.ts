import type { RelayBody } from '@parley/protocol/relay';
import type { RelayPort, Remote } from '../media/media-transport';

export interface RelayHubOptions {
  /** Whether a relay gets through. Default: each does. */
  readonly passes?: (from: Remote, to: Remote, body: RelayBody) => boolean;
}

/** Stands for signal's relaying between transports of one page: in order, asynchronous, addressed to one instance. */
export interface RelayHub {
  port(who: Remote): RelayPort;
  /** Relays handed over so far, lost ones included. */
  readonly count: number;
}

export function createRelayHub({ passes = () => true }: RelayHubOptions = {}): RelayHub {
  const listeners = new Map<string, Set<(from: Remote, body: RelayBody) => void>>();
  const address = ({ participant, instance }: Remote): string => `${participant}/${instance}`;
  let count = 0;
  return {
    get count() {
      return count;
    },
    port: (who) => ({
      send(to, body) {
        count += 1;
        if (!passes(who, to, body)) return;
        // As over a wire: the receiver gets a copy, later.
        const copy = structuredClone(body);
        setTimeout(() => {
          for (const listener of [...(listeners.get(address(to)) ?? [])]) listener({ ...who }, copy);
        });
      },
      onRelay(listener) {
        const mine = listeners.get(address(who)) ?? new Set();
        listeners.set(address(who), mine);
        mine.add(listener);
        return () => void mine.delete(listener);
      },
    }),
  };
}
