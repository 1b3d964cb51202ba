import { open, stat, type FileHandle } from 'node:fs/promises';
import {
  ALL_FORMATS,
  CustomSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WebMOutputFormat,
  type AudioCodec,
  type EncodedPacket,
  type StreamTargetChunk,
  type VideoCodec,
} from 'mediabunny';
import { wholeTail } from './finalise-tail';

/** One container within an uploaded file: from `offset` to the next one, playing from `startMs`. */
export interface Part {
  readonly offset: number;
  readonly startMs: number;
}

export interface CopiedFile {
  readonly mimeType: 'video/webm' | 'video/mp4';
}

/** The uploaded bytes hold nothing that can be played. `message` says what was found. */
export class NothingToPlay extends Error {
  override readonly name = 'NothingToPlay';
}

/** One kind of packets of one part, read one ahead so that the earlier of two kinds can be written first. */
interface Lane {
  readonly write: (packet: EncodedPacket) => Promise<void>;
  readonly packets: AsyncGenerator<EncodedPacket, void, unknown>;
  next: EncodedPacket | null;
}

/**
 * Copies the packets of `source` into a new file with duration and cues, without decoding. What can be read of a
 * truncated last cluster is kept; where parsing fails, the part ends.
 *
 * @param onProgress called with the media time reached, ms
 * @throws NothingToPlay when no part holds a packet; any other error may pass when it is run again
 */
export async function copyPackets(
  source: string,
  out: string,
  parts: readonly Part[],
  onProgress: (ms: number) => void,
): Promise<CopiedFile> {
  const { size } = await stat(source);
  const file = await open(source, 'r');
  const written = await open(out, 'w');
  const inputs: Input[] = [];
  // A parser that cannot read ends where it is, as at a cut. Bytes that the disk does not give are no cut.
  let readError: unknown = null;
  const mustHaveRead = (): void => {
    if (readError) throw readError as Error;
  };
  try {
    const opened: { input: Input; startMs: number }[] = [];
    for (const [i, part] of parts.entries()) {
      const to = parts[i + 1]?.offset ?? size;
      const { end, patch } = await wholeTail(file, part.offset, to);
      const length = end - part.offset;
      const input = new Input({
        formats: ALL_FORMATS,
        source: new CustomSource({
          getSize: () => length,
          read: async (start, end) => {
            const buffer = new Uint8Array(end - start);
            const { bytesRead } = await file
              .read(buffer, 0, buffer.length, part.offset + start)
              .catch((error: unknown) => {
                readError = error;
                throw error;
              });
            if (patch) overlay(buffer, patch.bytes, patch.at - part.offset - start);
            return buffer.subarray(0, bytesRead);
          },
          prefetchProfile: 'fileSystem',
        }),
      });
      inputs.push(input);
      if (length > 0 && (await input.canRead())) opened.push({ input, startMs: part.startMs });
    }
    const first = opened[0];
    mustHaveRead();
    if (!first) throw new NothingToPlay('no container that can be read');

    const video = await first.input.getPrimaryVideoTrack();
    const audio = await first.input.getPrimaryAudioTrack();
    const videoCodec = (await video?.getCodec()) ?? null;
    const audioCodec = (await audio?.getCodec()) ?? null;
    const webm = new WebMOutputFormat();
    const inWebm =
      (!videoCodec || webm.getSupportedVideoCodecs().includes(videoCodec)) &&
      (!audioCodec || webm.getSupportedAudioCodecs().includes(audioCodec));
    const output = new Output({
      // fastStart false: the index goes last, so memory does not grow with the film; players fetch it by range.
      format: inWebm ? webm : new Mp4OutputFormat({ fastStart: false }),
      target: new StreamTarget(writableTo(written), { chunked: true }),
    });
    try {
      const videoOut = videoCodec && new EncodedVideoPacketSource(videoCodec);
      const audioOut = audioCodec && new EncodedAudioPacketSource(audioCodec);
      if (videoOut) output.addVideoTrack(videoOut);
      if (audioOut) output.addAudioTrack(audioOut);
      if (!videoOut && !audioOut) throw new NothingToPlay('no track of a known codec');
      await output.start();

      let packets = 0;
      for (const part of opened) {
        const lanes = await openLanes(part.input, { videoCodec, audioCodec, videoOut, audioOut });
        for (;;) {
          const lane = earliest(lanes);
          if (!lane?.next) break;
          const timestamp = Math.max(0, lane.next.timestamp + part.startMs / 1000);
          await lane.write(timestamp === lane.next.timestamp ? lane.next : lane.next.clone({ timestamp }));
          packets++;
          onProgress(Math.round(timestamp * 1000));
          await advance(lane);
        }
      }
      mustHaveRead();
      if (packets === 0) throw new NothingToPlay('no packets');
      await output.finalize();
    } catch (error) {
      if (output.state !== 'finalized' && output.state !== 'canceled') await output.cancel();
      throw error;
    }
    return { mimeType: inWebm ? 'video/webm' : 'video/mp4' };
  } finally {
    for (const input of inputs) input.dispose();
    await file.close();
    await written.close();
  }
}

/** Writes what of `bytes` lies in `buffer` when it begins at `at`, which may be before or after it. */
function overlay(buffer: Uint8Array, bytes: Uint8Array, at: number): void {
  for (const [i, byte] of bytes.entries()) if (at + i >= 0 && at + i < buffer.length) buffer[at + i] = byte;
}

/** Mediabunny's own file target takes a short write, as on a full disk, for a whole one. */
function writableTo(file: FileHandle): WritableStream<StreamTargetChunk> {
  return new WritableStream({
    write: async ({ data, position }) => {
      for (let at = 0; at < data.length;) {
        at += (await file.write(data, at, data.length - at, position + at)).bytesWritten;
      }
    },
  });
}

async function openLanes(
  input: Input,
  into: {
    videoCodec: VideoCodec | null;
    audioCodec: AudioCodec | null;
    videoOut: EncodedVideoPacketSource | null;
    audioOut: EncodedAudioPacketSource | null;
  },
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  const video = await input.getPrimaryVideoTrack();
  if (into.videoOut && video && (await video.getCodec()) === into.videoCodec) {
    const { videoOut } = into;
    const config = await configOf(video);
    const packets = new EncodedPacketSink(video).packets(
      (await new EncodedPacketSink(video).getFirstKeyPacket()) ?? undefined,
    );
    lanes.push({ packets, next: null, write: (packet) => videoOut.add(packet, config && { decoderConfig: config }) });
  }
  const audio = await input.getPrimaryAudioTrack();
  if (into.audioOut && audio && (await audio.getCodec()) === into.audioCodec) {
    const { audioOut } = into;
    const config = await configOf(audio);
    const packets = new EncodedPacketSink(audio).packets();
    lanes.push({ packets, next: null, write: (packet) => audioOut.add(packet, config && { decoderConfig: config }) });
  }
  for (const lane of lanes) await advance(lane);
  return lanes;
}

async function configOf<C>(track: { getDecoderConfig(): Promise<C | null> }): Promise<C | undefined> {
  return (await track.getDecoderConfig()) ?? undefined;
}

async function advance(lane: Lane): Promise<void> {
  try {
    const { value, done } = await lane.packets.next();
    lane.next = done ? null : value;
  } catch {
    // The rest of this part cannot be parsed: a cut in the middle of a cluster. What came before stays.
    lane.next = null;
  }
}

function earliest(lanes: readonly Lane[]): Lane | undefined {
  return lanes
    .filter((lane) => lane.next)
    .reduce<Lane | undefined>(
      (best, lane) => (!best?.next || (lane.next && lane.next.timestamp < best.next.timestamp) ? lane : best),
      undefined,
    );
}

/** Duration in ms that `file` states, as a player would find it; 0 for a single picture. @throws when it cannot be read */
export async function durationOf(file: string): Promise<number> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(file) });
  try {
    const stated = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
    return Math.round(stated * 1000);
  } finally {
    input.dispose();
  }
}
