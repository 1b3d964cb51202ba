import type { OpenTakeReply } from '@parley/protocol/recording';
import type { TakeDestination } from '@parley/protocol/room-state';
import { mayAccess } from './access';
import { answer, type Answer, no } from './answer';
import { database, unlessDeleted } from './database';
import { env } from './env';
import { newGrant } from './grants';
import { log } from './log';
import { participantIdOf } from './participants';
import { issueTakePermit } from './tickets';
import { UPLOADS_PATH } from './uploads';
import type { Viewer } from './viewer';

/**
 * Creates a take before the room hears of it, for whoever may host the meeting: with the permit to start it there and,
 * when it is to be uploaded, the grant for its one track. The grant is told here once and never again.
 * Refusals: not-found (also for a meeting one may not host).
 */
export async function openTake(
  viewer: Viewer,
  { meeting, destination }: { readonly meeting: string; readonly destination: TakeDestination },
): Promise<Answer<OpenTakeReply>> {
  if (!viewer.user || !(await mayAccess(viewer, 'host', { type: 'meeting', meetingId: meeting })))
    return no('not-found');
  const { grant, grantHash } = newGrant();
  const take = await unlessDeleted(
    database().take.create({
      data: {
        meetingId: meeting,
        startedById: viewer.user.id,
        destination,
        ...(destination === 'server' ? { tracks: { create: { kind: 'composite', grantHash } } } : {}),
      },
      include: { tracks: true },
    }),
  );
  if (!take) return no('not-found');
  const permit = await issueTakePermit({
    meeting,
    participant: participantIdOf(meeting, `user:${viewer.user.id}`),
    take: take.id,
    destination,
  });
  log().info({ meeting, take: take.id, destination }, 'take opened');
  const track = take.tracks[0];
  const opened = { take: take.id, account: viewer.user.id, permit };
  if (!track) return answer(opened);
  return answer({
    ...opened,
    upload: {
      track: track.id,
      grant: grant.unwrap(),
      uploadUrl: `${env().WEB_URL}${UPLOADS_PATH}`,
      manifestUrl: `${env().WEB_URL}/api/takes/${take.id}/tracks/${track.id}/manifest`,
      maxBytes: env().MAX_RECORDING_BYTES,
    },
  });
}
