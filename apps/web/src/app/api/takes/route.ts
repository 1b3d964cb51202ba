import { openTakeRequest } from '@parley/protocol/recording';
import { readJson, refusedResponse, requireSameOrigin, respond } from '../../../server/respond';
import { openTake } from '../../../server/takes';
import { currentViewer } from '../../../server/viewer';

/** Opens a take: `OpenTakeRequest` -> `OpenTakeReply`. For the meeting's owner; 404 for everybody else. */
export const POST = respond(async (request) => {
  requireSameOrigin(request);
  const wanted = openTakeRequest.safeParse(await readJson(request));
  if (!wanted.success) return refusedResponse('malformed');
  const opened = await openTake(await currentViewer(), wanted.data);
  if (!opened.ok) return refusedResponse(opened.code);
  return Response.json(opened.value, { status: 201, headers: { 'Cache-Control': 'no-store' } });
});
