import type { Result } from '@parley/protocol/refusal';
import type { ParticipantId, Reaction, RoomEvent, Source, TakeDestination } from '@parley/protocol/room-state';
import type { OpenTakeReply } from '@parley/protocol/recording';
import type { LocalMedia } from './local-media';
import type { Logger } from './logger';
import type { Platform } from './platform';
import type { RecordingProgress } from './recording-port';
import type { RoomView } from './room-view';
import type { Readable } from './store';

type Done = Promise<Result<unknown>>;

export interface RoomOptions {
  /** Public address of signal. */
  signalUrl: string;
  /** Asks web for a ticket; `last` is the previous one, which lets a seated participant refresh. Throws when web gives none. */
  getTicket(last: string | null): Promise<string>;
  local: LocalMedia;
  /** Asks web to open a take (rights are checked there). */
  openTake(destination: TakeDestination): Promise<OpenTakeReply>;
  /** Offers the finished file of a "this device only" take for download. */
  saveFile(file: Blob, name: string): void;
  platform?: Platform;
  logger?: Logger;
  /** For tests behind a relay only: RTCConfiguration.iceTransportPolicy. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/** What passes and leaves no trace in the view: for toasts and sounds. */
export type Notice =
  | { readonly type: 'event'; readonly event: RoomEvent; readonly at: number }
  | { readonly type: 'back' } // signaling resumed
  | { readonly type: 'silence'; readonly device: string } // 5 s of digital silence while unmuted
  | { readonly type: 'speaking-while-muted' };

/** One stay in a room. Commands resolve with the room's answer and never throw; after `leave` they are refused. */
export interface RoomSession {
  readonly view: Readable<RoomView>;
  readonly local: LocalMedia;
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Speech level of a participant, 0..1, about ten times a second; written to the DOM directly, never into a store. */
  onLevel(participant: ParticipantId, listener: (level: number) => void): () => void;
  recordingProgress: Readable<RecordingProgress>;

  chat(text: string): Done;
  setHand(raised: boolean): Done;
  react(reaction: Reaction): Done;
  /** Captures first (the browser asks which screen); throws nothing: a cancelled picker is an ok. */
  shareScreen(options?: { soundOnly?: boolean }): Done;
  stopSharing(): Promise<void>;
  muteParticipant(participant: ParticipantId, source: Source): Done;
  removeParticipant(participant: ParticipantId): Done;
  startRecording(destination: TakeDestination): Done;
  stopRecording(): Done;
  /** The page shows the recording notice of the room's current take: confirms it to the room once. */
  noticeShown(): void;
  /** After `left: elsewhere`: take the seat back to this tab. */
  takeSeat(): void;
  /** Inside a click: plays what the browser refused to play. */
  resumePlayback(): void;
  /** Which tiles are shown and how large (CSS pixels high); others are not asked for. */
  show(tiles: ReadonlyMap<`${ParticipantId}/${Source}`, number>): void;
  /** The last 500 log entries and stats as JSON text, without secrets. */
  diagnostics(): Promise<string>;
  endForAll(): Done;
  /** Idempotent. Frees everything but `local`, which belongs to the caller. */
  leave(): Promise<void>;
}

/** A room made ready at the door: ticket fetched, socket open, nothing joined. */
export interface ReadyRoom {
  /** Resolves when joining would be immediate, or with why it cannot be. Never rejects. */
  readonly ready: Promise<Result<unknown>>;
  close(): void;
}
