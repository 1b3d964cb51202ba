import { migrate, MigrationError } from './migrate';

// `tsx prisma/migrate-cli.ts`: brings the database that DATABASE_URL names up to the schema.
const databaseUrl = process.env.DATABASE_URL;
try {
  if (!databaseUrl) throw new MigrationError('Set DATABASE_URL to the database to migrate.');
  const done = await migrate({ databaseUrl, log: (line) => console.log(line) });
  if (done.length === 0) console.log('The database is up to date.');
} catch (error) {
  if (!(error instanceof MigrationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
