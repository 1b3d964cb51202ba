import { getTranslations } from 'next-intl/server';
import { sayLength } from '../../../../../server/content-length';
import { serveRecording } from '../../../../../server/recording-file';
import { respond } from '../../../../../server/respond';
import { currentViewer } from '../../../../../server/viewer';

interface Context {
  readonly params: Promise<{ recording: string }>;
}

const serve = respond<Context>(async (request, { params }) => {
  const [viewer, { recording }, t] = await Promise.all([currentViewer(), params, getTranslations('pages.meetings')]);
  return sayLength(await serveRecording(request, viewer, recording, 'download', (name) => t('untitled', { name })));
});

export { serve as GET, serve as HEAD };
