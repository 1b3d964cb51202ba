import type { ParticipantId } from '@parley/protocol/room-state';
import type { Logger } from './logger';
import type { LinkStats } from './media/media-transport';
import { linkQuality } from './media/quality';
import type { Platform } from './platform';
import type { LinkQuality, LinkState } from './room-view';

/** From one reading of the stats to the next. */
const LOOK_MS = 3_000;
/** So many readings in a row must agree before a link is called poor, or good again. */
const AGREEING = { poor: 2, good: 5 } as const;

type Links = ReadonlyMap<ParticipantId, LinkState>;

/** Watches how well media gets through to each participant. */
export interface QualityWatch {
  /** `links` with the quality of those that are connected. The same object for the same link as long as nothing changed. */
  judge(links: Links): Links;
  close(): void;
}

interface Judgement {
  /** Null after a pause: what was counted meanwhile says nothing about now. */
  readonly last: LinkStats | null;
  readonly quality: LinkQuality;
  /** Readings in a row that said otherwise. */
  readonly doubts: number;
}

/** What is known of a link after one more reading. A single one that differs changes nothing. */
function judgement(before: Judgement | undefined, now: LinkStats): Judgement {
  const { last = null, quality = 'good', doubts = 0 } = before ?? {};
  if (last === null) return { last: now, quality, doubts: 0 };
  const seen = linkQuality(last, now);
  if (seen === quality) return { last: now, quality, doubts: 0 };
  return doubts + 1 >= AGREEING[seen]
    ? { last: now, quality: seen, doubts: 0 }
    : { last: now, quality, doubts: doubts + 1 };
}

/**
 * Reads the stats every three seconds, one reading at a time and none while the page is hidden. A link is poor after two
 * poor readings in a row and good again after five good ones: the word on a tile changes a few times a minute at most.
 */
export function watchQuality(options: {
  stats(): Promise<readonly LinkStats[]>;
  /** A link has become poor, or good again. */
  onChange(): void;
  /** Whether nobody looks at the page: then nothing is measured. */
  hidden(): boolean;
  platform: Platform;
  /** Gets each reading at debug. */
  logger: Logger;
}): QualityWatch {
  const { platform, logger } = options;
  let judgements: ReadonlyMap<ParticipantId, Judgement> = new Map();
  const judged = new WeakMap<LinkState, Record<LinkQuality, LinkState>>();
  let timer: unknown = null;
  let closed = false;

  const later = (): void => {
    if (!closed) timer = platform.setTimeout(look, LOOK_MS);
  };

  function look(): void {
    if (options.hidden()) {
      judgements = new Map([...judgements].map(([id, { quality }]) => [id, { last: null, quality, doubts: 0 }]));
      later();
      return;
    }
    void options
      .stats()
      .then(take, (error: unknown) => logger.debug('Stats not read', { error }))
      .finally(later);
  }

  function take(stats: readonly LinkStats[]): void {
    if (closed) return;
    if (stats.length > 0) logger.debug('Stats', { links: stats });
    const before = judgements;
    judgements = new Map(stats.map((now) => [now.participant, judgement(before.get(now.participant), now)]));
    if ([...judgements].some(([id, { quality }]) => quality !== (before.get(id)?.quality ?? 'good')))
      options.onChange();
  }

  later();
  return {
    judge(links) {
      return new Map(
        [...links].map(([participant, link]) => {
          if (link.status !== 'connected') return [participant, link];
          const both = judged.get(link) ?? { good: { ...link, quality: 'good' }, poor: { ...link, quality: 'poor' } };
          judged.set(link, both);
          return [participant, both[judgements.get(participant)?.quality ?? 'good']];
        }),
      );
    },
    close() {
      closed = true;
      platform.clearTimeout(timer);
    },
  };
}
