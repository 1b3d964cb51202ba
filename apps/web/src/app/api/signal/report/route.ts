import { mayBeSignature, report, type ReportReply, SIGNATURE_HEADER, verifyBody } from '@parley/protocol/service-calls';
import { env } from '../../../../server/env';
import { log } from '../../../../server/log';
import { storeReport } from '../../../../server/reports';
import { readText, refusedResponse, RequestRefused, respond } from '../../../../server/respond';

/** 500 chat messages of 4,000 characters of three bytes, escaped, and room to spare. */
const MAX_REPORT_BYTES = 16 * 1024 ** 2;

/** What signal says has happened. Signed by both services' secret: no cookie counts here, so no origin is asked for. */
export const POST = respond(async (request) => {
  const signature = request.headers.get(SIGNATURE_HEADER);
  const unsigned = () => Response.json({ error: { code: 'signature' } }, { status: 401 });
  // First by the header alone: nobody's megabytes are held who does not so much as claim to be signal.
  if (!mayBeSignature(signature, Date.now())) return unsigned();
  const body = await readText(request, MAX_REPORT_BYTES);
  if (!(await verifyBody(env().REPORT_SECRET.unwrap(), body, signature, Date.now()))) return unsigned();
  const parsed = report.safeParse(parseJson(body));
  if (!parsed.success) {
    log().warn({ issues: parsed.error.issues.slice(0, 5) }, 'a report of signal has another shape than agreed');
    return refusedResponse('malformed');
  }
  const stored = await storeReport(parsed.data);
  // Nobody wants more of a meeting that was deleted; and signal may have been away when it was told to end the room.
  const gone = { stored: parsed.data.events.at(-1)?.revision ?? 0, gone: true };
  return Response.json((stored === null ? gone : { stored }) satisfies ReportReply);
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused('malformed');
  }
}
