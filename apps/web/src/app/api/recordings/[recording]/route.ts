import { deleteRecording } from '../../../../server/recordings';
import { refusedResponse, requireSameOrigin, respond } from '../../../../server/respond';
import { currentViewer } from '../../../../server/viewer';

interface Context {
  readonly params: Promise<{ recording: string }>;
}

/** Deletes a recording, for the meeting's owner: 204; 404 for everybody else. */
export const DELETE = respond<Context>(async (request, { params }) => {
  requireSameOrigin(request);
  const deleted = await deleteRecording(await currentViewer(), (await params).recording);
  return deleted.ok ? new Response(null, { status: 204 }) : refusedResponse(deleted.code);
});
