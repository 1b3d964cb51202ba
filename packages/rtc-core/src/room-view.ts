import type { IceServer } from '@parley/protocol/commands';
import type { Refusal } from '@parley/protocol/refusal';
import type { Participant, ParticipantId, RoomState, Source, TakeDestination } from '@parley/protocol/room-state';
import type { RtcError } from './errors';

/** Why this browser is no longer in the room. */
export type LeftWhy =
  | { readonly type: 'left' } // by one's own wish
  | { readonly type: 'removed' }
  | { readonly type: 'ended' } // a host ended the meeting
  | { readonly type: 'elsewhere' } // the same person opened the meeting in another tab or device
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** Where this browser stands with the room. Each state carries only its own fields. */
export type Phase =
  | { readonly name: 'idle' }
  /** `error` says what the last attempt met; the next one follows by itself. */
  | { readonly name: 'joining'; readonly error?: RtcError | Refusal }
  | { readonly name: 'connected' }
  /** Signaling is away; media goes on peer to peer. `error` says what the last attempt met. */
  | { readonly name: 'resuming'; readonly since: number; readonly error?: RtcError | Refusal }
  | { readonly name: 'left'; readonly why: LeftWhy };

/** `<participant>/<source>` */
export type MediaKey = `${ParticipantId}/${Source}`;
export const mediaKey = (participant: ParticipantId, source: Source): MediaKey => `${participant}/${source}`;

/** How well media gets through. Poor: packets are lost or late so that one hears or sees it. */
export type LinkQuality = 'good' | 'poor';

/** State of the media link to one other participant. */
export type LinkState =
  | { readonly status: 'connecting' }
  /** `quality` as measured over the last seconds; the transport itself does not say, and a link begins as good. */
  | { readonly status: 'connected'; readonly quality?: LinkQuality }
  | { readonly status: 'interrupted'; readonly since: number }
  | { readonly status: 'failed'; readonly error: RtcError };

/** What the recorder in this browser is doing. Bytes and running time are not here: see RoomSession.recordingProgress. */
export type RecorderState =
  | { readonly status: 'idle' } // nothing was recorded yet, or nothing of the last take
  | { readonly status: 'starting' } // the take is being opened, the notice shown
  | { readonly status: 'recording'; readonly take: string; readonly destination: TakeDestination }
  | { readonly status: 'uploading'; readonly take: string } // stopped; the rest is on its way
  | { readonly status: 'done'; readonly take: string; readonly destination: TakeDestination }
  | { readonly status: 'failed'; readonly error: RtcError };

/** All this browser knows of the room. Immutable, replaced whole, structurally shared. Nothing here changes more than twice a second. */
export interface RoomView {
  readonly phase: Phase;
  /** One's own participant id, from the first join on. */
  readonly you: ParticipantId | null;
  readonly room: RoomState | null;
  /** The server's clock minus this browser's, ms. */
  readonly clockOffset: number;
  readonly iceServers: readonly IceServer[];
  readonly links: ReadonlyMap<ParticipantId, LinkState>;
  /** Tracks that arrived from others. A key is there only while that slot has a track. */
  readonly arrivals: ReadonlyMap<MediaKey, MediaStreamTrack>;
  /** play() was refused somewhere: show "Tap to hear". */
  readonly playbackRefused: boolean;
  readonly recorder: RecorderState;
}

export const emptyView: RoomView = {
  phase: { name: 'idle' },
  you: null,
  room: null,
  clockOffset: 0,
  iceServers: [],
  links: new Map(),
  arrivals: new Map(),
  playbackRefused: false,
  recorder: { status: 'idle' },
};

/** Oneself as the room knows one; null before the join and after the seat is gone. */
export const self = (view: RoomView): Participant | null => (view.you && view.room?.participants[view.you]) || null;

/** Everybody else, by joining time and then id, so that no tile changes place. */
export function others(view: RoomView): readonly Participant[] {
  return Object.values(view.room?.participants ?? {})
    .filter((p) => p.id !== view.you)
    .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
}
