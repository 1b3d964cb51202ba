// `npm run seed`: a demo account with meetings and a recording to look at, in the install under DATA_DIR (or the database
// that DATABASE_URL names). Beside a running Parley it uses that one's database; otherwise it starts the embedded one for
// the moment. A second run makes only what is missing.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database.mjs';
import { ensureInstalled } from './install.mjs';
import { quietTools, root, run, tool } from './run.mjs';
import { fail, say, step, Trouble } from './say.mjs';
import { readSettings, serviceEnvironments } from './settings.mjs';
import { holdDataDir } from './single-start.mjs';

async function main() {
  await ensureInstalled();
  const settings = readSettings(process.env);
  await step('Preparing the database client', () =>
    run(tool('turbo'), ['run', 'build', '--filter=@parley/db', '--output-logs=errors-only'], { env: quietTools }),
  );
  const { databaseUrl, done } = await database(settings);
  try {
    await step('Bringing the database up to date', () =>
      run(process.execPath, ['--import', 'tsx', join(root, 'prisma', 'migrate-cli.ts')], {
        env: { DATABASE_URL: databaseUrl },
      }),
    );
    const { web } = serviceEnvironments(settings, process.env, {
      databaseUrl,
      webInternalUrl: process.env.WEB_INTERNAL_URL || settings.webUrl,
      signalInternalUrl: process.env.SIGNAL_INTERNAL_URL || settings.signalUrl,
    });
    const { output } = await step('Making the demo account, its meetings and a recording', () =>
      run(process.execPath, ['--import', 'tsx', join('src', 'server', 'seed-cli.ts')], {
        cwd: join(root, 'apps', 'web'),
        env: { ...web, NODE_ENV: 'development', LOG_LEVEL: 'silent' },
      }),
    );
    say(`\n${output.trim()}`);
  } finally {
    await done();
  }
}

/** The database to fill, and what to do when it is filled. */
async function database({ dataDir, webUrl }) {
  if (process.env.DATABASE_URL) return { databaseUrl: process.env.DATABASE_URL, done: async () => {} };
  let letGo;
  try {
    letGo = await holdDataDir(dataDir, webUrl);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return { databaseUrl: runningDatabase(dataDir), done: async () => {} };
  }
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
  const { url, stop } = await openDatabase({ dataDir });
  return {
    databaseUrl: url,
    done: async () => {
      await stop();
      letGo();
    },
  };
}

/** The embedded database of the Parley that runs from this data folder: PostgreSQL writes its port into the fourth line of this file. */
function runningDatabase(dataDir) {
  try {
    const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
    const password = readFileSync(join(dataDir, 'keys', 'postgres'), 'utf8').trim();
    return `postgresql://parley:${encodeURIComponent(password)}@127.0.0.1:${Number(port)}/parley`;
  } catch {
    throw new Trouble('Parley is just starting from this folder. Try again when it is ready.');
  }
}

main().catch(fail);
