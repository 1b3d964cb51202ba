import { SOURCES, type Source } from '@parley/protocol/room-state';
import type { Platform } from '../../platform';

/** The four transceivers of a peer connection, by what they carry. Laid out once, `sendrecv` for life; only `replaceTrack` changes them. */
export type Slots = Readonly<Record<Source, RTCRtpTransceiver>>;

const kindOf = (source: Source): 'audio' | 'video' =>
  source === 'microphone' || source === 'screen-audio' ? 'audio' : 'video';

/** Which sources play in step (RFC 8830 msid): a voice with its face, a screen with its sound. */
function streamFor(source: Source, platform: Platform, made: Map<string, MediaStream>): MediaStream {
  const group = source === 'microphone' || source === 'camera' ? 'person' : 'screen';
  const stream = made.get(group) ?? platform.createMediaStream();
  made.set(group, stream);
  return stream;
}

const record = (make: (source: Source) => RTCRtpTransceiver): Slots => {
  const slots: Partial<Record<Source, RTCRtpTransceiver>> = {};
  for (const source of SOURCES) slots[source] = make(source);
  return slots as Slots;
};

/** The impolite side, before its first offer: adds the four transceivers in the order of `SOURCES`, which is their order on the wire. */
export function layOutSlots(pc: RTCPeerConnection, platform: Platform): Slots {
  const streams = new Map<string, MediaStream>();
  return record((source) =>
    pc.addTransceiver(kindOf(source), { direction: 'sendrecv', streams: [streamFor(source, platform, streams)] }),
  );
}

/**
 * The polite side, after it set the first offer and before it answers: takes the transceivers the offer made.
 * `setStreams` must come before the answer, or lip sync costs another offer.
 * @throws Error when the offer does not have the four slots.
 */
export function adoptSlots(pc: RTCPeerConnection, platform: Platform): Slots {
  const streams = new Map<string, MediaStream>();
  const transceivers = pc.getTransceivers();
  return record((source) => {
    const transceiver = transceivers[SOURCES.indexOf(source)];
    if (transceiver?.receiver.track.kind !== kindOf(source)) throw new Error(`The offer has no slot for ${source}.`);
    transceiver.direction = 'sendrecv';
    transceiver.sender.setStreams(streamFor(source, platform, streams));
    return transceiver;
  });
}
