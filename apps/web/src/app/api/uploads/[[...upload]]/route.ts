import { respond } from '../../../../server/respond';
import { receiveUpload } from '../../../../server/uploads';

export const runtime = 'nodejs';

const receive = respond(receiveUpload);

// proxy.ts must not match this route: Next cuts the bodies that pass through there.
export {
  receive as DELETE,
  receive as GET,
  receive as HEAD,
  receive as OPTIONS,
  receive as PATCH,
  receive as POST,
  receive as PUT,
};
