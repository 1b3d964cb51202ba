import { receiveManifest } from '../../../../../../../server/manifest-request';
import { respond } from '../../../../../../../server/respond';

interface Context {
  readonly params: Promise<{ take: string; track: string }>;
}

/** More of a track's manifest: `ManifestUpdate` -> `ManifestReply`, by the track's grant. */
export const POST = respond<Context>(async (request, { params }) => receiveManifest(request, await params));
