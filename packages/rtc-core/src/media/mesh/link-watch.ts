import { RtcError } from '../../errors';
import type { Logger } from '../../logger';
import type { Platform } from '../../platform';
import type { LinkState } from '../../room-view';

/** How long a link may be `disconnected` before ICE is restarted: most short dips heal by themselves within this. */
const RESTART_AFTER_MS = 2_000;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 15_000;
/** So often a link that was up may fail before people read that it is lost; attempts go on all the same. */
const FAILURES_TOLD_AS_INTERRUPTION = 2;
/** A relay refused us: other paths have this long to come up before it is told. */
const TURN_PATIENCE_MS = 5_000;
/** RFC 8489, 14.8: Unauthorized. */
const UNAUTHORIZED = 401;

export interface LinkWatch {
  /** Offer or answer failed; told until the link connects, and not while media flows all the same. */
  negotiationFailed(error: unknown): void;
  /** Restart ICE unless it is being negotiated already: the network changed, or new TURN credentials came. */
  restart(why: string): void;
  /** The relay refused our credentials since the last connection. */
  readonly turnRejected: boolean;
  close(): void;
}

export interface LinkWatchOptions {
  readonly pc: RTCPeerConnection;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly onLink: (state: LinkState) => void;
}

/** Follows a connection's state, tells it in Parley's words, and restarts ICE while it is down. */
export function watchLink({ pc, platform, logger, onLink }: LinkWatchOptions): LinkWatch {
  let state: LinkState = { status: 'connecting' };
  let wasUp = false;
  let failures = 0;
  let turnRejected = false;
  let timer: unknown = null;
  let turnTimer: unknown = null;
  let closed = false;

  function tell(next: LinkState): void {
    if (next.status === state.status && next.status !== 'failed') return;
    state = next;
    if (next.status === 'failed') logger.warn('link failed', { code: next.error.code, error: next.error.message });
    else logger.info(`link ${next.status}`);
    onLink(next);
  }

  function restart(why: string): void {
    if (closed || pc.signalingState === 'closed' || pc.remoteDescription === null) return;
    logger.info('ICE restart', { why });
    pc.restartIce();
  }

  function later(ms: number, act: () => void): void {
    platform.clearTimeout(timer);
    timer = platform.setTimeout(() => {
      timer = null;
      if (!closed && pc.connectionState !== 'connected') act();
    }, ms);
  }

  function onFailed(): void {
    failures += 1;
    const code = turnRejected ? 'turn-rejected' : 'link-failed';
    if (wasUp && failures <= FAILURES_TOLD_AS_INTERRUPTION) tell({ status: 'interrupted', since: platform.now() });
    else tell({ status: 'failed', error: new RtcError(code, { detail: `${failures} attempts` }) });
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LAST_BACKOFF_MS);
    later(failures === 1 ? 0 : backoff, () => restart('failed'));
  }

  pc.onconnectionstatechange = () => {
    if (closed) return;
    logger.debug('connection state', { state: pc.connectionState });
    switch (pc.connectionState) {
      case 'connected':
        wasUp = true;
        failures = 0;
        turnRejected = false;
        platform.clearTimeout(timer);
        tell({ status: 'connected' });
        break;
      case 'disconnected':
        tell({ status: 'interrupted', since: platform.now() });
        later(RESTART_AFTER_MS, () => restart('disconnected'));
        break;
      case 'failed':
        onFailed();
        break;
      case 'new':
      case 'connecting':
      case 'closed':
        break;
    }
  };

  pc.onicecandidateerror = ({ errorCode, errorText, url }) => {
    logger.debug('candidate error', { errorCode, errorText, url });
    if (errorCode !== UNAUTHORIZED || turnRejected || closed) return;
    turnRejected = true;
    logger.warn('TURN refused our credentials', { url, errorText });
    turnTimer = platform.setTimeout(() => {
      if (!closed && pc.connectionState !== 'connected' && turnRejected)
        tell({ status: 'failed', error: new RtcError('turn-rejected', { detail: url }) });
    }, TURN_PATIENCE_MS);
  };

  return {
    negotiationFailed(error) {
      if (closed || pc.connectionState === 'connected') return;
      tell({ status: 'failed', error: new RtcError('negotiation-failed', { cause: error }) });
    },
    restart,
    get turnRejected() {
      return turnRejected;
    },
    close() {
      closed = true;
      platform.clearTimeout(timer);
      platform.clearTimeout(turnTimer);
      pc.onconnectionstatechange = null;
      pc.onicecandidateerror = null;
    },
  };
}
