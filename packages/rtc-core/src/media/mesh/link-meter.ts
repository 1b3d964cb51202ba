import type { LinkStats } from '../media-transport';

/** Adds up one connection's getStats() over its slots. Keeps what restarts. */
export interface LinkMeter {
  read(report: RTCStatsReport): Omit<LinkStats, 'participant'>;
}

/** The members of webrtc-stats that are read; lib.dom knows only some of them. */
interface StatsEntry {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: string;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly packetsLost?: number;
  readonly packetsReceived?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly framesDecoded?: number;
}

export function createLinkMeter(): LinkMeter {
  let framesDecoded = 0;
  const lastFrames = new Map<string, number>();

  /** `framesDecoded` begins again at 0 after a rollback: add up what it grew by. */
  function countFrames(id: string, now: number): void {
    const before = lastFrames.get(id) ?? 0;
    framesDecoded += now >= before ? now - before : now;
    lastFrames.set(id, now);
  }

  return {
    read(report) {
      const entries = new Map<string, StatsEntry>();
      report.forEach((entry: StatsEntry) => entries.set(entry.id, entry));
      const sums = { packetsLost: 0, packetsReceived: 0, bytesReceived: 0, bytesSent: 0 };
      let pair: StatsEntry | undefined;
      for (const entry of entries.values()) {
        if (entry.type === 'inbound-rtp') {
          sums.packetsLost += Math.max(0, entry.packetsLost ?? 0);
          sums.packetsReceived += entry.packetsReceived ?? 0;
          sums.bytesReceived += entry.bytesReceived ?? 0;
          if (entry.framesDecoded !== undefined) countFrames(entry.id, entry.framesDecoded);
        } else if (entry.type === 'outbound-rtp') {
          sums.bytesSent += entry.bytesSent ?? 0;
        } else if (entry.type === 'transport' && entry.selectedCandidatePairId) {
          pair = entries.get(entry.selectedCandidatePairId);
        } else if (entry.type === 'candidate-pair' && entry.nominated && entry.state === 'succeeded') {
          // Firefox has no transport entry.
          pair ??= entry;
        }
      }
      return {
        ...sums,
        framesDecoded,
        roundTripMs: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000,
        localCandidateType: entries.get(pair?.localCandidateId ?? '')?.candidateType ?? null,
        remoteCandidateType: entries.get(pair?.remoteCandidateId ?? '')?.candidateType ?? null,
      };
    },
  };
}
