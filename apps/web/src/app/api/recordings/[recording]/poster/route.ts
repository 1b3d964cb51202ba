import { sayLength } from '../../../../../server/content-length';
import { serveRecording } from '../../../../../server/recording-file';
import { respond } from '../../../../../server/respond';
import { currentViewer } from '../../../../../server/viewer';

interface Context {
  readonly params: Promise<{ recording: string }>;
}

const serve = respond<Context>(async (request, { params }) =>
  sayLength(await serveRecording(request, await currentViewer(), (await params).recording, 'poster')),
);

export { serve as GET, serve as HEAD };
