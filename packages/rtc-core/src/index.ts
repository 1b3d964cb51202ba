export type { Capture, LocalMedia, LocalMediaState } from './local-media';
export type { RecordingProgress } from './recording-port';
export type { Notice, ReadyRoom, RoomOptions, RoomSession } from './room-session';
export type { LinkState, MediaKey, Phase, RecorderState, RoomView } from './room-view';
export type { Readable } from './store';
export { RtcError, type RtcErrorCode } from './errors';
export { mediaKey, others, self } from './room-view';
