export type { Capture, LocalMedia, LocalMediaState } from './local-media';
export type { Notice, ReadyRoom, RecordingProgress, RoomOptions, RoomSession } from './room-session';
export type { LinkState, MediaKey, Phase, RecorderState, RoomView } from './room-view';
export type { Readable } from './store';
export { RtcError, type RtcErrorCode } from './errors';
export { mediaKey, others, self } from './room-view';
