export type { Capture, LocalMedia, LocalMediaOptions, LocalMediaState } from './local-media';
export type { Logger } from './logger';
export type { RecordingProgress } from './recording-port';
export type { Notice, RoomSession } from './room-session';
export type { ReadyRoom, RoomOptions } from './door';
export type { LeftWhy, LinkState, MediaKey, Phase, RecorderState, RoomView } from './room-view';
export type { Readable } from './store';
export { RtcError, type RtcErrorCode } from './errors';
export { openLocalMedia } from './local-media';
export { readyRoom } from './door';
export { joinRoom } from './room-session';
export {
  discardPending,
  type PendingUpload,
  pendingUploads,
  type ResumedUpload,
  resumeUpload,
  savePending,
} from './recording/pending-uploads';
export { mediaKey, others, self } from './room-view';
export { TicketRefused } from './signal/tickets';
