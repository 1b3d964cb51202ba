import { cookies } from 'next/headers';
import { cookieAttributes } from '../../../server/auth-options';
import { env } from '../../../server/env';
import { redeemInvite } from '../../../server/invites';
import { respond } from '../../../server/respond';
import { currentViewer, GUEST_COOKIE, GUEST_LIFETIME_S, guestCookie } from '../../../server/viewer';

/** The door of no meeting: it shows what every stranger to a meeting sees. */
const NOWHERE = '/m/not-an-invite';

/** An invite: leads its holder to the meeting's door. Whatever is wrong with it, the answer is the same page. */
export const GET = respond(async (_request, { params }: { params: Promise<{ token: string }> }) => {
  const redeemed = await redeemInvite((await params).token, await currentViewer());
  if (redeemed?.guestId)
    (await cookies()).set(GUEST_COOKIE, guestCookie(redeemed.guestId), {
      ...cookieAttributes(),
      maxAge: GUEST_LIFETIME_S,
    });
  return new Response(null, {
    status: 303,
    headers: {
      location: new URL(redeemed ? `/m/${redeemed.slug}` : NOWHERE, env().WEB_URL).href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
});
