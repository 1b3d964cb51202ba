import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { z } from 'zod';
import { authOptions } from '../../../../server/auth-options';
import { readText, RequestRefused, respond } from '../../../../server/respond';

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** More than any form of next-auth's holds. */
const MAX_BODY_BYTES = 16_384;

/** What a form gives: next-auth takes every value for a text. */
const jsonForm = z.record(z.string(), z.string());

// next-auth's own routes carry its own double-submit CSRF token on every write.
const handle = respond<Context>(
  async (request, context) =>
    NextAuth(
      request.method === 'POST' ? await bounded(request) : (request as NextRequest),
      context,
      authOptions(),
    ) as Promise<Response>,
);

/** The same request with its body in hand: next-auth would read one of any length, and throw at JSON that is no form. @throws RequestRefused */
async function bounded(request: Request): Promise<NextRequest> {
  const { url, method, headers } = request;
  const body = await readText(request, MAX_BODY_BYTES);
  if (headers.get('content-type')?.includes('application/json') && !isJsonForm(body))
    throw new RequestRefused('malformed');
  return new NextRequest(url, { method, headers, body });
}

function isJsonForm(text: string): boolean {
  try {
    return jsonForm.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

export { handle as GET, handle as POST };
