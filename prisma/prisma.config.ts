import { defineConfig } from 'prisma/config';

// DATABASE_URL is not needed to generate the client; the offline engine and Prisma's own CLI read it for everything else.
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://unset' },
});
