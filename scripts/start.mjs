// `npm start`: everything Parley needs on one machine, from a fresh clone to a ready address.
//   npm start             builds what is not built, runs the production build
//   npm start -- --lan    the same over https for other devices in the local network
//   npm run dev           the same with reload
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { whenParentVanishes } from './parent.mjs';
import { lanAddress, serveLan } from './lan.mjs';
import { quietTools, root, run, tool } from './run.mjs';
import { fail, say, step, Trouble } from './say.mjs';
import { bindAddress, freePort, readSettings, requireFree, serviceEnvironments } from './settings.mjs';
import { holdDataDir } from './single-start.mjs';
import { supervise } from './supervise.mjs';

const dev = process.argv.includes('--dev');
const lan = process.argv.includes('--lan');
const unknown = process.argv.slice(2).find((argument) => argument !== '--dev' && argument !== '--lan');

/** What ends, in this order, when we end. */
const stops = [];
let ending = null;

function end(code) {
  ending ??= (async () => {
    say('\nEnding Parley ...');
    for (const stop of stops.reverse()) await stop();
    process.exit(code);
  })();
  return ending;
}

async function main() {
  requireNode();
  if (unknown)
    throw new Trouble(
      `"${unknown}" is not an option of npm start. Options: --lan (https for other devices in this network).`,
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));
  whenParentVanishes(() => void end(0));

  const began = Date.now();
  const settings = readSettings(process.env);
  const address = lan ? lanAddress() : null;
  if (lan && !address)
    throw new Trouble('This machine has no address in a local network. Connect it to one, or start without --lan.');
  if (address) settings.webUrl = settings.signalUrl = `https://${address}:${settings.webPort}`;

  const letGo = await holdDataDir(settings.dataDir, settings.webUrl);
  stops.push(letGo);
  const runFile = join(settings.dataDir, 'run.json');
  await requireFreeSoon(settings.webPort, 'WEB_PORT', lan ? '0.0.0.0' : bindAddress(settings.webUrl), runFile);
  if (!lan) await requireFreeSoon(settings.signalPort, 'SIGNAL_PORT', bindAddress(settings.signalUrl), runFile);

  await ensureInstalled();

  // Behind the https port the services listen on ports of their own, on this machine only.
  const ports = lan
    ? { web: await freePort(), signal: await freePort() }
    : { web: settings.webPort, signal: settings.signalPort };
  const internal = {
    webInternalUrl: process.env.WEB_INTERNAL_URL || `http://127.0.0.1:${ports.web}`,
    signalInternalUrl: process.env.SIGNAL_INTERNAL_URL || `http://127.0.0.1:${ports.signal}`,
  };

  const [databaseUrl] = await Promise.all([database(settings), build()]);
  await step('Bringing the database up to date', () =>
    run(process.execPath, ['--import', 'tsx', join(root, 'prisma', 'migrate-cli.ts')], {
      env: { DATABASE_URL: databaseUrl },
    }),
  );

  // With --lan our own proxy stands in front.
  const given = lan ? { ...process.env, TRUSTED_PROXIES: '1' } : process.env;
  const env = serviceEnvironments(settings, given, { databaseUrl, ...internal });
  await step('Starting web and signal', () => startServices({ settings, env, ports, runFile }));
  if (ending) return;

  if (address) {
    const { close, authorityFile } = await serveLan({
      dataDir: settings.dataDir,
      address,
      port: settings.webPort,
      webTarget: internal.webInternalUrl,
      signalTarget: internal.signalInternalUrl,
    });
    stops.push(close);
    const { renderUnicodeCompact } = await import('uqr');
    say(`\n${renderUnicodeCompact(settings.webUrl)}\n`);
    say(`On a phone or another computer in this network open ${settings.webUrl}`);
    say(
      'Its browser warns once that the connection is not private ("Your connection is not private", "This Connection Is Not Private"):',
    );
    say(
      'the certificate was made on this machine. Choose "Advanced" and go on, or install this authority there first:',
    );
    say(`  ${authorityFile}\n`);
  }
  say(`Logs are in ${join(settings.dataDir, 'logs')}`);
  say(`Parley is ready at ${settings.webUrl} (${((Date.now() - began) / 1000).toFixed(1)} s). Ctrl-C ends it.`);
}

/** Whether a service of an earlier start still runs: after a kill -9 of the start they end by themselves, within ten seconds. */
function leftBehind(runFile) {
  try {
    const { web, signal } = JSON.parse(readFileSync(runFile, 'utf8'));
    return [web, signal].filter(Boolean).some(lives);
  } catch {
    // There was no start before.
    return false;
  }
}

function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** As requireFree, but waits for what an earlier start has left behind. */
async function requireFreeSoon(number, variable, host, runFile) {
  for (const deadline = Date.now() + 12_000; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const wait = leftBehind(runFile) && Date.now() < deadline;
    try {
      return await requireFree(number, variable, host);
    } catch (error) {
      if (!wait) throw error;
    }
  }
}

/** The address of the database, which ends when we do if it is ours. */
async function database({ dataDir }) {
  const given = process.env.DATABASE_URL;
  const { url, stop } = await openDatabase({ dataDir, given, isEnding: () => ending !== null });
  stops.push(stop);
  return url;
}

async function build() {
  // With reload web and signal run from their sources, which want the database's generated client.
  const only = dev ? ['--filter=@parley/db'] : [];
  await step('Building (cached when nothing changed)', () =>
    run(tool('turbo'), ['run', 'build', ...only, '--output-logs=errors-only'], { env: quietTools }),
  );
}

async function startServices({ settings, env, ports, runFile }) {
  const pids = {};
  const onPid = (name, pid) => {
    pids[name] = pid;
    try {
      writeFileSync(`${runFile}.part`, JSON.stringify({ start: process.pid, ...pids, ports }));
      // Whole at every moment: others read it.
      renameSync(`${runFile}.part`, runFile);
    } catch (error) {
      // Thrown from here, a full disk would end the call of everybody.
      say(`${runFile} cannot be written: ${error.message}`);
    }
  };
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const web = lan ? '127.0.0.1' : bindAddress(settings.webUrl);
  const signal = lan ? '127.0.0.1' : bindAddress(settings.signalUrl);
  const services = [
    supervise({
      name: 'signal',
      command: process.execPath,
      args: dev ? [tool('tsx'), 'watch', 'apps/signal/src/main.ts'] : ['apps/signal/dist/main.js'],
      env: { ...env.signal, SIGNAL_PORT: String(ports.signal), SIGNAL_HOST: signal },
      dataDir: settings.dataDir,
      onPid,
    }),
    supervise({
      name: 'web',
      cwd: join(root, 'apps', 'web'),
      command: process.execPath,
      args: [next, dev ? 'dev' : 'start', '-p', String(ports.web), '-H', web],
      env: { ...env.web, ...(dev ? { NODE_ENV: 'development' } : {}) },
      dataDir: settings.dataDir,
      onPid,
    }),
  ];
  stops.push(async () => void (await Promise.all(services.map((service) => service.stop()))));
  const ready = Promise.all([
    healthy('signal', `http://127.0.0.1:${ports.signal}/health`, settings.dataDir),
    healthy('web', `http://127.0.0.1:${ports.web}/api/health`, settings.dataDir),
  ]);
  await Promise.race([ready, ...services.map((service) => service.refusal)]);
}

async function healthy(name, url, dataDir) {
  const deadline = Date.now() + 120_000;
  let last;
  while (!ending) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'manual' });
      if (response.status === 200) return;
      last = `${response.status} ${await response.text()}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) {
      throw new Trouble(
        `${name} is not ready after two minutes (${last}). What it said is in ${join(dataDir, 'logs', `${name}.log`)}.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

main().catch(async (error) => {
  if (ending) return;
  ending = Promise.resolve();
  for (const stop of stops.reverse()) await stop();
  fail(error);
});
