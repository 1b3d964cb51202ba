import * as z from 'zod/mini';
import { instanceId, participantId, source } from './room-state';

/** Longest session description, in UTF-16 code units (32 KB). */
export const MAX_SDP_LENGTH = 32_768;
/** Candidates are gathered for this long and sent together. */
export const CANDIDATE_BATCH_MS = 50;

/** RTCSessionDescriptionInit (WebRTC 1.0, 4.3). */
const description = z.object({
  kind: z.literal('description'),
  description: z.object({
    type: z.enum(['offer', 'answer', 'pranswer', 'rollback']),
    sdp: z.string().check(z.maxLength(MAX_SDP_LENGTH)),
  }),
});

/** RTCIceCandidateInit (WebRTC 1.0, 4.8.1.1); `candidate: ''` ends the candidates of a generation. */
const candidates = z.object({
  kind: z.literal('candidates'),
  candidates: z
    .array(
      z.object({
        candidate: z.string().check(z.maxLength(1_024)),
        sdpMid: z.nullable(z.string().check(z.maxLength(64))),
        sdpMLineIndex: z.nullable(z.int().check(z.minimum(0), z.maximum(64))),
        usernameFragment: z.nullable(z.string().check(z.maxLength(256))),
      }),
    )
    .check(z.maxLength(64)),
});

/** What the sender of this relay wants to receive, and how large it is shown: the whole truth each time. */
const want = z.object({
  kind: z.literal('want'),
  sources: z.partialRecord(source, z.object({ height: z.int().check(z.minimum(0), z.maximum(4_320)) })),
});

export const relayBody = z.discriminatedUnion('kind', [description, candidates, want]);
/** What one participant's transport tells another's. The server checks its shape and passes it on without acting on it. */
export type RelayBody = z.infer<typeof relayBody>;

export const relayRequest = z.object({ to: participantId, toInstance: instanceId, body: relayBody });
export type RelayRequest = z.infer<typeof relayRequest>;

/** A relay as it arrives: sender and instance are set by the server, never taken from the sender. */
export interface RelayDelivery {
  readonly from: string;
  readonly fromInstance: string;
  readonly body: RelayBody;
}
