import type { LinkQuality } from '../room-view';
import type { LinkStats } from './media-transport';

/** Share of packets lost from which speech begins to break up in spite of opus' concealment. */
const POOR_LOSS = 0.05;
/** From here on people talk into one another (ITU-T G.114: 400 ms is the limit for planning). */
const POOR_ROUND_TRIP_MS = 400;
/** Fewer packets say nothing: one lost of three is no trend. */
const ENOUGH_PACKETS = 20;

/** How good a link was between two readings of its stats, a few seconds apart. Pure. */
export function linkQuality(before: LinkStats, now: LinkStats): LinkQuality {
  if (now.roundTripMs !== null && now.roundTripMs > POOR_ROUND_TRIP_MS) return 'poor';
  // Counters begin again with a new connection.
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const received = Math.max(0, now.packetsReceived - before.packetsReceived);
  if (lost + received < ENOUGH_PACKETS) return 'good';
  return lost / (lost + received) > POOR_LOSS ? 'poor' : 'good';
}
