import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guardPath, root } from './run.mjs';
import { say, Trouble } from './say.mjs';

const MAX_LOG_BYTES = 20 * 1024 * 1024;
const LONGEST_WAIT_MS = 10_000;
/** A service that lived this long is well: its next death starts the waiting from the beginning. */
const WELL_AFTER_MS = 30_000;

/** With this code (sysexits.h's EX_CONFIG) a service ends that reads a wrong variable: starting it again is in vain. */
const EXIT_WRONG_VARIABLE = 78;

/**
 * Opens DATA_DIR/logs/<name>.log to append; one older file is kept. A disk that is full for a while costs what was said
 * meanwhile and nothing else.
 * @returns {(text: string | Buffer) => void}
 */
export function openLog(dataDir, name) {
  const file = join(dataDir, 'logs', `${name}.log`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    if (statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // There is no log yet.
  }
  let failing = false;
  const write = (text) => {
    try {
      appendFileSync(file, text, { mode: 0o600 });
      failing = false;
    } catch (error) {
      if (!failing) say(`${file} cannot be written: ${error.message}. What ${name} says is lost for now.`);
      failing = true;
    }
  };
  write('');
  return write;
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // They have all ended.
  }
}

/**
 * Keeps a service running: started again when it dies, waiting 0.5 s, 1 s, 2 s ... up to 10 s between tries. `refusal` rejects
 * with what it said when a variable of it is wrong; it is not started again then.
 * @param {object} service
 * @param {string} service.name
 * @param {string} service.command
 * @param {string[]} service.args
 * @param {Record<string, string>} service.env the whole environment: nothing is inherited that is not named here
 * @param {string} service.dataDir
 * @param {string} [service.cwd]
 * @param {(name: string, pid: number | null) => void} service.onPid
 * @returns {{stop: () => Promise<void>, refusal: Promise<never>}}
 */
export function supervise({ name, command, args, env, dataDir, onPid, cwd = root }) {
  const log = openLog(dataDir, name);
  let stopping = false;
  let wait = 500;
  let timer;
  let child;
  let gone = Promise.resolve();
  let refuse;
  const refusal = new Promise((_resolve, reject) => (refuse = reject));

  const start = () => {
    const began = Date.now();
    let last = '';
    let complaint = '';
    child = spawn(process.execPath, [guardPath, 'SIGTERM', command, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C goes to the whole group; we end things in order ourselves.
      detached: true,
    });
    let pid;
    child.on('message', (message) => {
      ({ pid } = message);
      onPid(name, pid);
    });
    const hear = (data) => {
      log(data);
      last = (last + data).slice(-2_000);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stderr.on('data', (data) => (complaint = (complaint + data).slice(-2_000)));
    gone = new Promise((resolve) => {
      child.on('exit', (code, by) => {
        // Killed, the guard ends nothing; what lives on without it would hold the port of the next.
        if (by && pid) endGroup(pid);
        onPid(name, null);
        resolve();
        if (stopping) return;
        if (code === EXIT_WRONG_VARIABLE) {
          // Its last words may still be on the way.
          child.once('close', () => refuse(new Trouble(complaint.trim())));
          return;
        }
        if (Date.now() - began > WELL_AFTER_MS) wait = 500;
        say(
          `${name} ended (code ${code}) and is started again in ${wait / 1000} s. ${last.trim() ? `It said last:\n${last.trim()}` : ''}`,
        );
        timer = setTimeout(start, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      });
    });
  };
  start();

  return {
    refusal,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
