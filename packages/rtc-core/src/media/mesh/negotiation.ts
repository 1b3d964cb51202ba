import { CANDIDATE_BATCH_MS, type RelayBody } from '@parley/protocol/relay';
import type { Logger } from '../../logger';
import type { Platform } from '../../platform';

type DescriptionBody = Extract<RelayBody, { kind: 'description' }>;
type CandidatesBody = Extract<RelayBody, { kind: 'candidates' }>;
type Candidate = CandidatesBody['candidates'][number];
export type NegotiationBody = DescriptionBody | CandidatesBody;

const CANDIDATES_PER_RELAY = 64;
/** Candidates kept for a description that has not come yet. One generation of a bundled connection is far below. */
const CANDIDATES_KEPT = 256;
const FIRST_NUDGE_MS = 3_000;
const LAST_NUDGE_MS = 15_000;

export interface NegotiationOptions {
  readonly pc: RTCPeerConnection;
  /** Yields on glare, and adds nothing before the first offer came. */
  readonly polite: boolean;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly send: (body: NegotiationBody) => void;
  /** The remote offer is set, the answer not yet made: the moment to give the answering side's transceivers direction and streams. */
  readonly beforeAnswer: () => void;
  /** Offer and answer are exchanged; again after every further exchange. */
  readonly onNegotiated: () => void;
  /** An offer or an answer could not be made or used. */
  readonly onFailure: (error: unknown) => void;
  /** The far end negotiates with another RTCPeerConnection than the one we know: this one will never connect again. */
  readonly onStranger: (body: DescriptionBody) => void;
}

export interface Negotiation {
  receive(body: NegotiationBody): void;
  /** Sends again what the far end may have missed: an unanswered offer, the last answer, our candidates. */
  resend(): void;
  close(): void;
}

interface Origin {
  readonly session: string;
  readonly version: number;
}

/**
 * Whose description this is: `sess-id` is fixed for an RTCPeerConnection and `sess-version` grows with every
 * description it makes, also after a rollback (RFC 8829, 5.2.1 and 5.2.2).
 */
function originOf(sdp: string): Origin {
  const match = /^o=\S+ (\S+) (\d+) /mu.exec(sdp);
  if (!match?.[1] || !match[2]) throw new Error('The description has no origin line.');
  return { session: match[1], version: Number(match[2]) };
}

const hasUfrag = (description: RTCSessionDescription | null, ufrag: string | null): boolean =>
  description !== null && (ufrag === null || description.sdp.split(/\r?\n/u).includes(`a=ice-ufrag:${ufrag}`));

/**
 * Perfect negotiation (WebRTC 1.0, 10.7) that also survives lost and repeated messages. Messages are handled one
 * after another, so that the example's `isSettingRemoteAnswerPending` can never be true when it would be asked for;
 * offers are made outside that queue, which is what `makingOffer` is about.
 */
export function negotiate(options: NegotiationOptions): Negotiation {
  const { pc, polite, platform, logger, send } = options;
  let closed = false;
  let makingOffer = false;
  /** The newest description of the far end that we set. */
  let remote: Origin | null = null;
  /** `sess-version` of the offer that our local description answers. */
  let answered: number | null = null;
  let inbox: Promise<void> = Promise.resolve();
  let early: Candidate[] = [];
  let gathered: Candidate[] = [];
  let unsent: Candidate[] = [];
  let batchTimer: unknown = null;
  let nudgeTimer: unknown = null;
  let nudgeMs = FIRST_NUDGE_MS;

  const settled = (): boolean => pc.signalingState === 'stable' && pc.connectionState === 'connected';

  function sendDescription(description = pc.localDescription): void {
    if (!description) return;
    logger.debug('description sent', { type: description.type, sdp: description.sdp });
    send({ kind: 'description', description: { type: description.type, sdp: description.sdp } });
  }

  function sendCandidates(candidates: readonly Candidate[]): void {
    for (let i = 0; i < candidates.length; i += CANDIDATES_PER_RELAY)
      send({ kind: 'candidates', candidates: candidates.slice(i, i + CANDIDATES_PER_RELAY) });
  }

  /** A relay may be lost without anybody's socket dropping (its addressee was away): until we are connected, ask again. */
  function armNudge(): void {
    if (closed || nudgeTimer !== null) return;
    nudgeTimer = platform.setTimeout(() => {
      nudgeTimer = null;
      if (settled()) {
        nudgeMs = FIRST_NUDGE_MS;
        return;
      }
      nudgeMs = Math.min(nudgeMs * 1.5, LAST_NUDGE_MS);
      resend();
      armNudge();
    }, nudgeMs);
  }

  async function makeOffer(): Promise<void> {
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      if (closed || pc.signalingState !== 'have-local-offer') return;
      sendDescription();
    } catch (error) {
      if (!closed) options.onFailure(error);
    } finally {
      makingOffer = false;
      armNudge();
    }
  }

  async function onOffer(body: DescriptionBody, origin: Origin): Promise<void> {
    if (answered === origin.version) {
      // The answer was lost, not the offer. By now we may have made an offer of our own, which is pending beside it.
      sendDescription(pc.currentLocalDescription);
      return;
    }
    // An answer to it that could not be made before may work now; else it would never be taken up.
    const unanswered = pc.signalingState === 'have-remote-offer' && origin.version === remote?.version;
    if (!unanswered) {
      if (remote && origin.version <= remote.version) return;
      const glare = makingOffer || pc.signalingState !== 'stable';
      if (glare) logger.info('glare', { yields: polite });
      // Ours stands; the far end rolls its own back when ours arrives.
      if (glare && !polite) return;
      await pc.setRemoteDescription(body.description);
      remote = origin;
      if (closed) return;
    }
    options.beforeAnswer();
    await pc.setLocalDescription();
    if (closed) return;
    answered = origin.version;
    sendDescription();
    await addEarly();
    options.onNegotiated();
  }

  async function onAnswer(body: DescriptionBody, origin: Origin): Promise<void> {
    // A repeated answer, or one to an offer that we rolled back.
    if (pc.signalingState !== 'have-local-offer' || (remote && origin.version <= remote.version)) return;
    await pc.setRemoteDescription(body.description);
    remote = origin;
    answered = null;
    if (closed) return;
    await addEarly();
    options.onNegotiated();
  }

  async function onDescription(body: DescriptionBody): Promise<void> {
    const { type, sdp } = body.description;
    logger.debug('description received', { type, sdp });
    const origin = originOf(sdp);
    if (remote && origin.session !== remote.session) {
      options.onStranger(body);
      return;
    }
    if (type === 'offer') await onOffer(body, origin);
    else if (type === 'answer') await onAnswer(body, origin);
    armNudge();
  }

  /** Candidates of a generation whose description has not come wait for it: its relay may come later, or a second time. */
  async function addEarly(): Promise<void> {
    const fitting = early.filter((c) => hasUfrag(pc.remoteDescription, c.usernameFragment));
    early = early.filter((c) => !fitting.includes(c)).slice(-CANDIDATES_KEPT);
    for (const candidate of fitting) {
      try {
        await pc.addIceCandidate(candidate);
      } catch (error) {
        // One bad candidate costs one path, not the link.
        logger.warn('candidate refused', { error: String(error) });
      }
    }
  }

  async function handle(body: NegotiationBody): Promise<void> {
    if (closed) return;
    try {
      if (body.kind === 'description') await onDescription(body);
      else {
        logger.debug('candidates received', { candidates: body.candidates });
        early.push(...body.candidates);
        await addEarly();
      }
    } catch (error) {
      if (!closed) options.onFailure(error);
    }
  }

  function resend(): void {
    if (closed) return;
    if (pc.signalingState === 'have-local-offer') sendDescription();
    else if (!polite && !makingOffer && remote === null) void makeOffer();
    else if (answered !== null && pc.connectionState !== 'connected') sendDescription();
    if (!settled()) sendCandidates(gathered.filter((c) => hasUfrag(pc.localDescription, c.usernameFragment)));
  }

  pc.onnegotiationneeded = () => void makeOffer();
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate || closed) return;
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const init = { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
    gathered = [...gathered, init].slice(-CANDIDATES_KEPT);
    unsent.push(init);
    batchTimer ??= platform.setTimeout(() => {
      batchTimer = null;
      if (closed) return;
      sendCandidates(unsent);
      unsent = [];
    }, CANDIDATE_BATCH_MS);
  };

  return {
    receive(body) {
      inbox = inbox.then(() => handle(body));
    },
    resend() {
      nudgeMs = FIRST_NUDGE_MS;
      resend();
      armNudge();
    },
    close() {
      closed = true;
      platform.clearTimeout(batchTimer);
      platform.clearTimeout(nudgeTimer);
      pc.onnegotiationneeded = null;
      pc.onicecandidate = null;
    },
  };
}
