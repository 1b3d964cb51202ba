import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const ALWAYS = Object.entries({
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy':
    'camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), fullscreen=(self), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}).map(([key, value]) => ({ key, value }));

const API_POLICY =
  "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const config: NextConfig = {
  // Another folder lets one build beside a running server without disturbing it.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  transpilePackages: ['@parley/protocol', '@parley/rtc-core', '@parley/ui', '@parley/db'],
  // Native or self-loading: they must stay plain Node modules.
  serverExternalPackages: ['pg', 'pg-boss', 'pino', 'rate-limiter-flexible', '@prisma/client', '@prisma/adapter-pg'],
  // Forms say themselves what is too long, and give it back; Next's own 1 MB answers with the error page.
  experimental: { serverActions: { bodySizeLimit: '4mb' } },
  poweredByHeader: false,
  // With reload Next writes down what is asked for, and whoever has an invite's address gets in.
  logging: { incomingRequests: { ignore: [/^\/j\//u] } },
  // `npm run check` type-checks every package; a build need not do it again.
  typescript: { ignoreBuildErrors: true },
  headers: () =>
    Promise.resolve([
      { source: '/:path*', headers: ALWAYS },
      // proxy.ts, which gives pages their policy, does not see /api: nothing it answers may run or be framed.
      { source: '/api/:path*', headers: [{ key: 'Content-Security-Policy', value: API_POLICY }] },
    ]),
};

// Sentences are parsed by the build: browsers get what comes of it, and no parser.
export default createNextIntlPlugin({
  requestConfig: './src/i18n/request.ts',
  experimental: { messages: { path: './src/messages', format: 'json', locales: 'infer', precompile: true } },
})(config);
