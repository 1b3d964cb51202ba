import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { authOptions } from '../../../../server/auth-options';

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

// next-auth's own routes carry its own double-submit CSRF token on every write.
const handle = (request: NextRequest, context: Context): Promise<Response> =>
  NextAuth(request, context, authOptions()) as Promise<Response>;

export { handle as GET, handle as POST };
