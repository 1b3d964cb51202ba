import { PROTOCOL_VERSION } from '@parley/protocol/version';
import type { FlightRecorder } from './logger';
import type { RoomView } from './room-view';
import { redact } from './secret';

/** What a report of trouble needs, as JSON text: the view, each link's numbers, the last log entries. No secret, no word of the chat. */
export async function diagnose(
  view: RoomView,
  flight: FlightRecorder,
  stats: () => Promise<unknown>,
  at: number,
): Promise<string> {
  const { room, iceServers, arrivals, links, ...rest } = view;
  const content = {
    protocol: PROTOCOL_VERSION,
    at: new Date(at).toISOString(),
    browser: (globalThis.navigator as Navigator | undefined)?.userAgent ?? null,
    view: {
      ...rest,
      room: room && { ...room, chat: room.chat.length },
      iceServers: iceServers.flatMap(({ urls }) => urls),
      arrivals: [...arrivals].map(([key, { readyState, muted }]) => ({ media: key, readyState, muted })),
      links,
    },
    stats: await stats().catch((error: unknown) => error),
    log: flight.entries(),
  };
  return JSON.stringify(redact(content, -2), null, 2);
}
