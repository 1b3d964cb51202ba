import type { MediaTransport } from './media/media-transport';
import { type TransportOptions, openTransport } from './media/open-transport';
import { type AudioMeter, createAudioMeter } from './audio-level';
import { type PageEvents, browserPage } from './page-events';
import { type Platform, browserPlatform } from './platform';
import { type AudioOutput, audioElement } from './playback';
import type { Recorder, RecorderOptions } from './recording-port';
import type { Connect } from './signal/channel';
import { connectSocketIo } from './signal/socket-io-channel';

/** What a session is made of, so that a test can bring another of each. */
export interface SessionParts {
  readonly connect: Connect;
  openTransport(options: TransportOptions): MediaTransport;
  openRecorder(options: RecorderOptions): Promise<Recorder>;
  openAudio(): AudioOutput & { remove?(): void };
  openMeter(platform: Platform): AudioMeter;
  readonly page: PageEvents;
  readonly platform: Platform;
}

export const browserParts: SessionParts = {
  connect: connectSocketIo,
  openTransport,
  // Loaded with the first recording: most people in a call never record.
  openRecorder: async (options) => (await import('./recording/recorder')).openRecorder(options),
  openAudio: audioElement,
  openMeter: createAudioMeter,
  page: browserPage,
  platform: browserPlatform,
};
