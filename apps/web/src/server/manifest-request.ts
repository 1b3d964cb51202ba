import { manifestUpdate } from '@parley/protocol/recording';
import { endedStatus, grantedTrack, hasEnded } from './grants';
import { log } from './log';
import { extendManifest, ManifestConflict } from './manifest';
import { readJson, refusedResponse } from './respond';

/** 2,000 slices are about 500 kB. */
const MAX_BYTES = 1024 * 1024;

/**
 * POST of a manifest: 200 `ManifestReply`; 400 malformed; 401 no grant of ours; 403 the grant has ended, with
 * something missing; 404 another track's; 409 it contradicts what is held; 410 the grant has ended, and all is here.
 */
export async function receiveManifest(
  request: Request,
  { take, track: trackId }: { readonly take: string; readonly track: string },
): Promise<Response> {
  const track = await grantedTrack(request.headers);
  if (!track) return refusedResponse('not-signed-in');
  if (track.id !== trackId || track.takeId !== take) return refusedResponse('not-found');
  if (hasEnded(track))
    return Response.json(
      { error: { code: 'grant-ended' } },
      { status: endedStatus(track), headers: { 'Cache-Control': 'no-store' } },
    );
  const update = manifestUpdate.safeParse(await readJson(request, MAX_BYTES));
  if (!update.success) return refusedResponse('malformed');
  try {
    return Response.json(await extendManifest(track, update.data), { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (!(error instanceof ManifestConflict)) throw error;
    log().warn({ take, track: trackId, why: error.message }, 'manifest refused');
    return Response.json({ error: { code: 'conflict' } }, { status: 409, headers: { 'Cache-Control': 'no-store' } });
  }
}
