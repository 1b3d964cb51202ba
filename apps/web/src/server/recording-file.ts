import { recordingFor } from './recordings';
import { refusedResponse } from './respond';
import { recordingFileName, serveFile } from './serve-file';
import { recordingStore } from './storage';
import type { Viewer } from './viewer';

/** What can be fetched of a recording. */
export type RecordingPart = 'video' | 'poster' | 'download';

/**
 * GET and HEAD of a recording's files. 404 for everything that does not exist or that the viewer may not see. The query
 * `tz` of a download is an IANA time zone for the time in the file's name; without it the meeting's, or UTC. `untitled`: what
 * pages call a meeting of that host without a title, for the name of a download.
 */
export async function serveRecording(
  request: Request,
  viewer: Viewer,
  id: string,
  part: RecordingPart,
  untitled: (host: string) => string = () => '',
): Promise<Response> {
  const track = await recordingFor(viewer, 'see', id);
  const key = part === 'poster' ? track?.posterKey : track?.fileKey;
  if (!track?.finalisedAt || !key) return refusedResponse('not-found');
  const mimeType = part === 'poster' ? 'image/jpeg' : (track.mimeType ?? 'video/webm');
  const { take } = track;
  const title = take.meeting.title || (take.startedBy ? untitled(take.startedBy.name) : '');
  const timeZone = new URL(request.url).searchParams.get('tz') ?? take.meeting.timeZone;
  return serveFile(request, recordingStore(), {
    key,
    mimeType,
    // The file is only ever replaced by finalising again.
    etag: `"${track.finalisedAt.getTime().toString(36)}-${part === 'poster' ? 'p' : (track.bytes ?? 0n).toString(36)}"`,
    modifiedAt: track.finalisedAt,
    ...(part === 'download'
      ? { saveAs: recordingFileName(title, take.startedAt ?? take.createdAt, mimeType, timeZone) }
      : {}),
  });
}
