import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  // Tests build beside a running server without disturbing it.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  transpilePackages: ['@parley/protocol', '@parley/rtc-core', '@parley/ui', '@parley/db'],
  // Native or self-loading: they must stay plain Node modules.
  serverExternalPackages: ['pg', 'pg-boss', 'pino', 'rate-limiter-flexible', '@prisma/client', '@prisma/adapter-pg'],
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
};

export default createNextIntlPlugin('./src/i18n/request.ts')(config);
