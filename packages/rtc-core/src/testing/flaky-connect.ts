import type { Connect } from '../signal/channel';

/** A number in [0, 1) from a seed (mulberry32): the same seed gives the same test. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Flaky {
  readonly connect: Connect;
  /** While off, the line is as good as the one below. */
  on: boolean;
  readonly drops: number;
}

/**
 * A line that breaks: before a command is sent, after it was carried out but before the answer came, and in between; and that is late.
 * What comes through comes in order, as it does over TCP.
 */
export function flakyConnect(connect: Connect, random: () => number, dropRate: number): Flaky {
  const flaky = {
    on: true,
    drops: 0,
    connect: ((url, ticket, handlers) => {
      let ended = false;
      const end = (tell: () => void): void => {
        if (ended) return;
        ended = true;
        tell();
      };
      const drop = (): void =>
        end(() => {
          flaky.drops++;
          connection.close();
          handlers.lost(new Error('The test broke the line.'));
        });
      let queue = Promise.resolve();
      // Everything that arrives passes one queue, each item up to 20 ms late.
      const arrive = (tell: () => void): void => {
        const lateness = flaky.on ? random() * 20 : 0;
        queue = queue.then(() => new Promise((resolve) => setTimeout(resolve, lateness))).then(tell);
      };
      const live = (tell: () => void) => (): void => {
        if (!ended) tell();
      };
      const connection = connect(url, ticket, {
        opened: () => arrive(live(() => handlers.opened())),
        events: (events) =>
          arrive(live(() => (flaky.on && random() < dropRate / 4 ? drop() : handlers.events(events)))),
        relay: (delivery) => arrive(live(() => handlers.relay(delivery))),
        refused: (refusal) => arrive(() => end(() => handlers.refused(refusal))),
        closed: (refusal) => arrive(() => end(() => handlers.closed(refusal))),
        lost: (cause) => arrive(() => end(() => handlers.lost(cause))),
      });
      return {
        async command(name, request, timeoutMs) {
          if (ended) return 'lost';
          if (flaky.on && random() < dropRate) {
            drop();
            return 'lost';
          }
          const answer = await connection.command(name, request, timeoutMs);
          if (flaky.on && random() < dropRate) drop();
          return new Promise((resolve) => {
            if (ended || answer === 'lost') resolve('lost');
            else arrive(() => resolve(ended ? 'lost' : answer));
          });
        },
        relay: (request) => connection.relay(request),
        close: () => end(() => connection.close()),
      };
    }) satisfies Connect,
  };
  return flaky;
}
