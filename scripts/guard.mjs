// Runs a command and ends it when whoever started us vanishes, however they were killed: our IPC channel then closes.
// The first message on the channel is the command's pid.
//   node guard.mjs <signal that asks the command to end> <command> [arguments]
import { spawn } from 'node:child_process';

const [, , signal, command, ...args] = process.argv;
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

if (child.pid) process.send?.({ pid: child.pid });

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  child.kill(signal);
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
}

process.on('disconnect', end);
// Ctrl-C reaches the whole group; whoever started us decides the order in which things end.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code, by) => process.exit(code ?? (by ? 1 : 0)));
