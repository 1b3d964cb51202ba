import { z } from 'zod';
import { env } from '../../../server/env';
import { readJson, refusedResponse, RequestRefused, requireSameOrigin, respond } from '../../../server/respond';
import { issueTicket } from '../../../server/tickets';
import { currentViewer } from '../../../server/viewer';

const ticketRequest = z.object({
  /** The meeting's slug. */
  meeting: z.string().min(1).max(64),
  /** The ticket one has, to be renewed. */
  last: z.string().max(4_096).optional(),
});

/** POST {meeting, last?} -> {ticket, signalUrl}: permission to enter a room, for the session or guest cookie that comes along. */
export const POST = respond(async (request) => {
  requireSameOrigin(request);
  const asked = ticketRequest.safeParse(await readJson(request, 16_384));
  if (!asked.success) throw new RequestRefused('malformed');
  const ticket = await issueTicket(await currentViewer(), asked.data);
  if (!ticket.ok) return refusedResponse(ticket.code);
  return Response.json(
    { ticket: ticket.value, signalUrl: env().SIGNAL_URL },
    { headers: { 'cache-control': 'no-store' } },
  );
});
